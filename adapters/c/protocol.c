/* The words of the line protocol, out and in; protocol.h says more. */
#include "protocol.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct outcome refused(const char *kind, const char *message)
{
    return (struct outcome){REFUSED, 0, kind, message};
}

void put_boolean(bool value)
{
    fputs(value ? "true" : "false", stdout);
}

void put_text(const char *text)
{
    if (text[0] == '\0' || strcmp(text, "-") == 0)
        fputs(text[0] == '\0' ? "-" : "%2D", stdout);
    else
        for (; *text != '\0'; text++)
            printf(isalnum((unsigned char)*text) || strchr("._~-", *text) ? "%c" : "%%%02X", (unsigned char)*text);
}

void put_bytes(const uint8_t *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    char hex[4096];
    size_t used = 0;
    if (length == 0)
        putchar('-');
    for (size_t i = 0; i < length; i++) {
        hex[used++] = digits[bytes[i] >> 4];
        hex[used++] = digits[bytes[i] & 15];
        if (used == sizeof hex || i + 1 == length) {
            fwrite(hex, 1, used, stdout);
            used = 0;
        }
    }
}

void put_outcome(struct outcome outcome)
{
    static const char *const words[] = {"value", "value ", "value ", "refused ", "unsupported"};
    fputs(words[outcome.is], stdout);
    if (outcome.is == BOOLEAN)
        put_boolean(outcome.value);
    if (outcome.is == NUMBER)
        printf("%" PRId64, outcome.value);
    if (outcome.is == REFUSED) {
        printf("%s ", outcome.kind);
        put_text(outcome.message);
    }
    putchar('\n');
}

bool read_number(const char *word, int64_t *number)
{
    char *end;
    errno = 0;
    *number = strtoll(word, &end, 10);
    return end != word && *end == '\0' && errno == 0;
}

/* The value of each digit and one more; 0 for what is none. A table, as comparing took most of a driver's time: what the
 * next digit is cannot be foreseen. */
static const uint8_t one_more[256] = {
    ['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6, ['6'] = 7, ['7'] = 8,
    ['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

bool read_bytes(char *word, const uint8_t **bytes, size_t *length)
{
    const size_t digits = strcmp(word, "-") == 0 ? 0 : strlen(word);
    uint8_t *place = (uint8_t *)word;
    for (size_t i = 0; i + 1 < digits; i += 2) {
        const int high = one_more[(uint8_t)word[i]], low = one_more[(uint8_t)word[i + 1]];
        if (high == 0 || low == 0)
            return false;
        *place++ = (uint8_t)((high - 1) << 4 | (low - 1));
    }
    *bytes = (const uint8_t *)word;
    *length = digits / 2;
    return digits % 2 == 0;
}

bool read_text(char *word, const char **text)
{
    *text = word;
    if (strcmp(word, "-") == 0)
        *word = '\0';
    char *place = word;
    for (const char *c = word; *c != '\0'; c++) {
        *place = *c;
        if (*c == '%') {
            char digits[] = {c[1], c[1] == '\0' ? '\0' : c[2], '\0'}, *end;
            *place = (char)strtol(digits, &end, 16);
            if (!isxdigit((unsigned char)digits[0]) || end != digits + 2 || *place == '\0')
                return false;
            c += 2;
        }
        place++;
    }
    *place = '\0';
    return true;
}

int find_word(const char *word, const char *const *words, int count)
{
    while (--count >= 0 && strcmp(word, words[count]) != 0)
        continue;
    return count;
}
