//! The words of the line protocol (docs/driver-protocol.md), out and in. Nothing here knows the module: a driver for
//! another port in Rust takes this file as it is.

/// What came of a command that was carried out.
pub enum Value {
    Nothing,
    Boolean(bool),
    Number(i64),
    /// The three answers of a query inside a callback.
    Booleans([bool; 3]),
    Unsupported,
}

/// What came of one that was not.
pub struct Refusal {
    pub kind: &'static str,
    pub message: String,
}

pub type Outcome = Result<Value, Refusal>;

impl From<()> for Value {
    fn from((): ()) -> Value {
        Value::Nothing
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Boolean(value)
    }
}

/// What the system does not tell is unsupported.
impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Value {
        number.map_or(Value::Unsupported, Value::Number)
    }
}

impl Refusal {
    pub fn new(kind: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { kind, message: message.into() }
    }

    /// The command itself is wrong: a bug of the suite or of the driver, and no finding about the module.
    pub fn driver(message: impl Into<String>) -> Refusal {
        Refusal::new("driver", message)
    }
}

/// The words of an outcome.
pub fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Ok(Value::Nothing) => "value".to_string(),
        Ok(Value::Boolean(value)) => format!("value {value}"),
        Ok(Value::Number(value)) => format!("value {value}"),
        Ok(Value::Booleans([first, second, third])) => format!("value {first} {second} {third}"),
        Ok(Value::Unsupported) => "unsupported".to_string(),
        Err(refusal) => format!("refused {} {}", refusal.kind, text(&refusal.message)),
    }
}

pub fn text(text: &str) -> String {
    match text {
        "" => return "-".to_string(),
        "-" => return "%2D".to_string(),
        _ => {}
    }
    let mut word = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"._~-".contains(&byte) {
            word.push(char::from(byte));
        } else {
            word += &format!("%{byte:02X}");
        }
    }
    word
}

pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    if bytes.is_empty() {
        return "-".to_string();
    }
    let mut word = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        word.push(char::from(DIGITS[usize::from(byte >> 4)]));
        word.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    word
}

pub fn number(word: &str) -> Result<i64, Refusal> {
    word.parse().map_err(|_| Refusal::driver("an argument is not a number of 64 bits"))
}

/// A port or a size. The module takes them as i32: what is none is refused here, before it could wrap.
pub fn int(word: &str) -> Result<i32, Refusal> {
    i32::try_from(number(word)?).map_err(|_| Refusal::new("out-of-range", format!("{word} does not fit 32 bits")))
}

pub fn bytes(word: &str) -> Result<Vec<u8>, Refusal> {
    if word == "-" {
        return Ok(Vec::new());
    }
    let pairs = word.as_bytes().chunks(2);
    let bytes: Option<Vec<u8>> = pairs.map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect();
    bytes.ok_or_else(|| Refusal::driver("an argument is not bytes in lowercase hex"))
}

/// A text, percent-encoded.
pub fn read_text(word: &str) -> Result<String, Refusal> {
    if word == "-" {
        return Ok(String::new());
    }
    let mut parts = word.split('%');
    let mut decoded = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let digits = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        decoded.push(digits.ok_or_else(|| Refusal::driver("an argument is not a percent-encoded text"))?);
        decoded.extend(&part.as_bytes()[2..]);
    }
    String::from_utf8(decoded).map_err(|_| Refusal::driver("an argument is not UTF-8"))
}

fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}
