package db

import (
	"context"
	"fmt"
	"regexp"
)

var plainName = regexp.MustCompile(`^[a-z][a-z_]*$`)

// Reclaim has what was deleted from a table overwritten or given back to the
// disk. PostgreSQL keeps deleted rows until then; on SQLite they are overwritten
// as they are deleted, and nothing is left to do.
func (d *DB) Reclaim(ctx context.Context, table string) error {
	if !plainName.MatchString(table) {
		return fmt.Errorf("reclaim: no table %q", table)
	}
	if d.engine != Postgres {
		return nil
	}
	_, err := d.w.ExecContext(ctx, `VACUUM (FREEZE) `+table)
	return known("reclaim", err)
}
