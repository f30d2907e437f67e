package dbtest

import (
	"os"
	"testing"
)

// NewPostgres makes the databases on the server that FREELINE_TEST_POSTGRES
// names; without one the test is skipped.
func NewPostgres(tb testing.TB) *Engine {
	tb.Helper()
	server := os.Getenv("FREELINE_TEST_POSTGRES")
	if server == "" {
		tb.Skip("no PostgreSQL: FREELINE_TEST_POSTGRES is not set")
	}
	tb.Fatal("PostgreSQL is not built in")
	return nil
}
