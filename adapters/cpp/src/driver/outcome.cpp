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

std::string kind_of(const network::Error &error)
{
    if (dynamic_cast<const network::NullHandle *>(&error) != nullptr)
        return "null-handle";
    if (dynamic_cast<const network::NoHandle *>(&error) != nullptr)
        return "no-handle";
    if (dynamic_cast<const network::NoServerField *>(&error) != nullptr)
        return "no-server-field";
    if (dynamic_cast<const network::EmptyOrphan *>(&error) != nullptr)
        return "empty-orphan";
    if (dynamic_cast<const network::FullOrphan *>(&error) != nullptr)
        return "full-orphan";
    if (dynamic_cast<const network::BadSize *>(&error) != nullptr)
        return "bad-size";
    return "error";
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
    } catch (const network::Error &error) {
        return refusal(kind_of(error), error);
    } catch (const std::exception &error) {
        return refusal("exception", error);
    }
}

} // namespace driver
