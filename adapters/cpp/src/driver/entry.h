// What the driver keeps of an object: its number, its reactions, and the object of the port, until it is destroyed.
#pragma once

#include "../network/client.h"
#include "../network/server.h"
#include "output.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace driver {

/// An object that is neither a Server nor a Client.
class Plain {};

/// What is done inside a callback: its name, and the call, which is given what the data callback was given and returns
/// the words of the outcome.
struct Reaction {
    std::string name;
    std::function<std::string(std::string_view data)> act;
};

/// The arguments of connect.
struct Destination {
    std::string host;
    std::int64_t port;
    std::chrono::milliseconds timeout;

    /// The port. Throws Refused for one that does not fit an int, before it wraps.
    int int_port() const;
};

/// One object. The entry stays when the object is destroyed, also while a callback of the object still runs.
class Entry {
public:
    Entry(Output &output, std::int64_t number) : output_(output), number_(number) {}
    Entry(const Entry &) = delete; // its callbacks know it by its place
    Entry &operator=(const Entry &) = delete;

    /// Takes the object of this entry, one of the three.
    void own(std::unique_ptr<Plain> object) { plain_ = std::move(object); }
    void own(std::unique_ptr<network::Server> object) { server_ = std::move(object); }
    void own(std::unique_ptr<network::Client> object) { client_ = std::move(object); }

    /// The object where it is neither Server nor Client, else null.
    Plain *plain() noexcept { return plain_.get(); }

    /// The object where it is a Server, and where it is a Client. Throws Refused for another one and for one that was
    /// destroyed: C++ has no such calls.
    network::Server &server();
    network::Client &client();

    bool is_client() const noexcept { return client_ != nullptr; }

    /// Makes a call that both classes have.
    template <class Call>
    auto on_either(const Call &call)
    {
        return client_ ? call(client()) : call(server());
    }

    /// The handle in the object's field; null where there is no such field, or no object any more.
    network::Handle handle() const;
    network::ClientHandle client_handle() const;

    /// Connects as the object was told the last time. Throws WrongCommand when it never was.
    bool connect_again();

    /// Connects, and keeps the arguments.
    bool connect(Destination destination);

    /// Runs the destructor of a Server or Client. Nothing is left to be done by a second call, nor for a plain object.
    void destroy()
    {
        server_.reset();
        client_.reset();
    }

    /// From now on do this whenever that callback fires, in place of what was asked for before.
    void react(const std::string &callback, Reaction reaction) { reactions_[callback] = std::move(reaction); }
    void forget_reaction(const std::string &callback) { reactions_.erase(callback); }

    /// Writes the event of a callback, then does the reaction. Throws what the reaction throws out of the callback. The
    /// object may be gone when it returns.
    void fired(const std::string &callback, const std::string &words, std::string_view data = {});

private:
    Output &output_;
    std::int64_t number_;
    std::unique_ptr<Plain> plain_;
    std::unique_ptr<network::Server> server_;
    std::unique_ptr<network::Client> client_;
    std::optional<Destination> last_;
    std::map<std::string, Reaction> reactions_;
};

} // namespace driver
