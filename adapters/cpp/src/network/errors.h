// Calls that cannot be carried out: one exception for each, whose text says what to do instead. All of them are the
// caller's mistakes; what the network does goes to the error callback. Touches nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace network {

/// What all of them have in common. Nothing has changed when one is thrown.
class Error : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

/// A low-level function was given no handle.
class NullHandle : public Error {
public:
    NullHandle() : Error("there is no handle; pass the one that the object holds") {}
};

/// A method that needs a handle was called on an object without one.
class NoHandle : public Error {
public:
    NoHandle() : Error("the object has no handle; make its adapter or restore it first") {}
};

/// The object's class is not derived from Server.
class NoServerField : public Error {
public:
    NoServerField() : Error("the object has no field for a handle; derive its class from Server") {}
};

/// There is nothing to restore.
class EmptyOrphan : public Error {
public:
    EmptyOrphan() : Error("the orphan holds no handle; save one into it first") {}
};

/// Saving would lose the handle that the orphan holds.
class FullOrphan : public Error {
public:
    FullOrphan() : Error("the orphan holds a handle already; restore it or use another orphan") {}
};

/// The size is negative or beyond the buffer.
class BadSize : public Error {
public:
    BadSize(std::int64_t size, std::size_t capacity)
        : Error("size " + std::to_string(size) + " does not fit the buffer of " + std::to_string(capacity) +
                " bytes; nothing was sent")
    {
    }
};

/// The timeout is negative.
class BadTimeout : public Error {
public:
    explicit BadTimeout(std::int64_t milliseconds)
        : Error("a timeout of " + std::to_string(milliseconds) + " ms is none; give 0 or more")
    {
    }
};

} // namespace network
