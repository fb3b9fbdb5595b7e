// What came of a call; outcome.h says more.
#include "outcome.h"

#include "../network/errors.h"
#include "words.h"

namespace driver {

namespace {

std::string refusal(const std::string &kind, const std::exception &error)
{
    return "refused " + kind + " " + text_word(error.what());
}

} // namespace

std::string value_words(bool value)
{
    return value ? "value true" : "value false";
}

std::string value_words(std::int64_t number)
{
    return "value " + std::to_string(number);
}

std::string value_words(const Answers &answers)
{
    const auto word = [](bool answer) { return answer ? " true" : " false"; };
    return std::string("value") + word(answers.has_session) + word(answers.is_open) + word(answers.is_connected);
}

std::string error_words()
{
    try {
        throw;
    } catch (const WrongCommand &error) {
        return refusal("driver", error);
    } catch (const Unsupported &) {
        return "unsupported";
    } catch (const Refused &error) {
        return refusal(error.kind(), error);
    } catch (const network::NullHandle &error) {
        return refusal("null-handle", error);
    } catch (const network::NoHandle &error) {
        return refusal("no-handle", error);
    } catch (const network::NoServerField &error) {
        return refusal("no-server-field", error);
    } catch (const network::EmptyOrphan &error) {
        return refusal("empty-orphan", error);
    } catch (const network::FullOrphan &error) {
        return refusal("full-orphan", error);
    } catch (const network::BadSize &error) {
        return refusal("bad-size", error);
    } catch (const network::BadTimeout &error) {
        return refusal("bad-timeout", error);
    } catch (const std::exception &error) {
        return refusal("exception", error);
    }
}

} // namespace driver
