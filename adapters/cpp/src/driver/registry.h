// All that the suite gave a number: objects and orphans.
#pragma once

#include "entry.h"

#include <cstdint>
#include <map>

namespace driver {

/// Objects and orphans by their numbers. They stay at their places until `clear`.
class Registry {
public:
    explicit Registry(Output &output) : output_(output) {}

    /// Makes an object of a class: 0 plain, 1 to 3 servers A, B and silent, 4 to 6 clients likewise. Throws
    /// WrongCommand for another class, and when the number is taken or none.
    void make(std::int64_t number, std::int64_t object_class);

    /// Throws WrongCommand for an object that was never made.
    Entry &object(std::int64_t number);

    /// The orphan of that number, made when first named.
    network::Handle &orphan(std::int64_t number);

    /// Destroys every object and orphan, and forgets their numbers.
    void clear();

private:
    Output &output_;
    std::map<std::int64_t, Entry> entries_;
    std::map<std::int64_t, network::Handle> orphans_;
};

} // namespace driver
