// What the driver keeps of an object; entry.h says more.
#include "entry.h"

#include "outcome.h"

namespace driver {

namespace {

constexpr int deepest_reaction = 50;
int depth = 0; // of reactions within reactions, over all objects

// One level deeper from construction to destruction.
class Level {
public:
    Level() { depth++; }
    Level(const Level &) = delete;
    Level &operator=(const Level &) = delete;
    ~Level() { depth--; }
};

} // namespace

network::Server &Entry::server()
{
    if (plain_)
        throw Refused("no-server-field", "a plain object has no such method; the compiler turns the call down");
    if (!server_)
        throw Refused("destroyed", "the object was destroyed; there is nothing to call in C++");
    return *server_;
}

network::Handle Entry::handle() const
{
    return server_ ? server_->handle() : nullptr;
}

void Entry::fired(const std::string &callback, const std::string &words, std::string_view data)
{
    output_.event(number_, callback + words);
    const auto found = reactions_.find(callback);
    if (found == reactions_.end())
        return;
    const Reaction &reaction = found->second;
    if (!reaction.act)
        throw Refused("callback-failed", "raised on request");
    std::string outcome = "refused recursion -";
    if (depth < deepest_reaction) {
        const Level level;
        outcome = reaction.act(data);
    }
    output_.event(number_, "did " + reaction.name + " " + outcome);
}

} // namespace driver
