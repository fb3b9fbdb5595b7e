/* The errors of network.h as words and sentences. */
#include "network.h"

static const struct {
    const char *word, *text;
} errors[] = {
    [-NET_NULL_HANDLE] = {"null-handle", "there is no handle; pass the one in the object's field"},
    [-NET_NO_HANDLE] = {"no-handle", "the object has no handle; make its adapter or restore it first"},
    [-NET_NO_SERVER_FIELD] = {"no-server-field", "the object has no field for a handle; derive its class from Server"},
    [-NET_NO_CLIENT_FIELD] = {"no-client-field", "the object has no field for a handle; derive its class from Client"},
    [-NET_EMPTY_ORPHAN] = {"empty-orphan", "the orphan holds no handle; save one into it first"},
    [-NET_FULL_ORPHAN] = {"full-orphan", "the orphan holds a handle already; restore it or use another orphan"},
    [-NET_BAD_SIZE] = {"bad-size", "the size is negative or beyond the buffer; nothing was sent"},
    [-NET_BAD_TIMEOUT] = {"bad-timeout", "the timeout is negative; give 0 or more milliseconds"},
    [-NET_CALLBACK_FAILED] = {"callback-failed", "a callback returned an error; the module goes on"},
    [-NET_OUT_OF_MEMORY] = {"out-of-memory", "there is no memory for a handle"},
};

const char *net_error_word(int error)
{
    return errors[-error].word;
}

const char *net_error_text(int error)
{
    return errors[-error].text;
}
