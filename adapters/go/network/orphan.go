package network

// SharedOrphan is where a handle waits between Save and Restore, while the program around it is reloaded. The zero
// value is an empty one. What arrives meanwhile is kept, by its queues and by the system, and told after the restore.
type SharedOrphan struct{ handle savedHandle }

// savedHandle is the handle of a server of either kind, or of an HTTP client.
type savedHandle interface{ close() }

// Holds tells whether there is a handle in it.
func (o *SharedOrphan) Holds() bool { return o.handle != nil }

// Close ends the handle that is still in it, if any.
func (o *SharedOrphan) Close() {
	if o.handle != nil {
		o.handle.close()
		o.handle = nil
	}
}
