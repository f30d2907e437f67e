package shred

import "context"

// WriteSlot keeps a wrapped key in a file of slots.
func WriteSlot(ctx context.Context, path string, n int64, wrapped []byte) error {
	return slots{path}.write(ctx, n, wrapped)
}
