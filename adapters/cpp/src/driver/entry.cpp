// What the driver keeps of an object; entry.h says more.
#include "entry.h"

#include "outcome.h"
#include "words.h"

#include <limits>
#include <utility>

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

int Destination::int_port() const
{
    if (port < std::numeric_limits<int>::min() || port > std::numeric_limits<int>::max())
        throw Refused("out-of-range", "port " + std::to_string(port) + " does not fit an int");
    return static_cast<int>(port);
}

network::Server &Entry::server()
{
    if (plain_ || client_)
        throw Refused("no-such-method", "the object's class has no such method; the compiler turns the call down");
    if (!server_)
        throw Refused("destroyed", "the object was destroyed; there is nothing to call in C++");
    return *server_;
}

network::Client &Entry::client()
{
    if (plain_ || server_)
        throw Refused("no-such-method", "the object's class has no such method; the compiler turns the call down");
    if (!client_)
        throw Refused("destroyed", "the object was destroyed; there is nothing to call in C++");
    return *client_;
}

bool Entry::connect(Destination destination)
{
    last_ = std::move(destination);
    return connect_again();
}

bool Entry::connect_again()
{
    if (!last_)
        throw WrongCommand("the object was never told to connect");
    const Destination to = *last_; // a callback may end up here again
    return client().connect(to.host, to.int_port(), to.timeout);
}

network::Handle Entry::handle() const
{
    return server_ ? server_->handle() : nullptr;
}

network::ClientHandle Entry::client_handle() const
{
    return client_ ? client_->handle() : nullptr;
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
