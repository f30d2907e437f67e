package db

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/freeline-org/freeline/internal/problem"
)

// What PostgreSQL says is told by what one would do about it, and never quotes.
func TestFaultsOfPostgres(t *testing.T) {
	t.Parallel()
	tests := []struct {
		code string
		want error
		kind problem.Kind
	}{
		{"53100", ErrDisk, problem.Later},
		{"25006", ErrDisk, problem.Later},
		{"58030", ErrDisk, problem.Later},
		{"55P03", ErrBusy, problem.Later},
		{"40001", ErrBusy, problem.Later},
		{"40P01", ErrBusy, problem.Later},
		{"57P01", ErrBusy, problem.Later},
		{"08006", ErrBusy, problem.Later},
		{"25P03", ErrBusy, problem.Later},
		{"23505", nil, problem.Internal},
		{"22P02", nil, problem.Internal},
		{"", nil, problem.Internal},
	}
	for _, tt := range tests {
		e := &pgconn.PgError{Code: tt.code, Message: "it is said", Detail: "secret", Hint: "secret", ConstraintName: "c", TableName: "a"}
		if strings.HasPrefix(tt.code, "2") {
			e.Message = "secret"
		}
		err := known("write", fmt.Errorf("around: %w", e))
		if tt.want != nil && !errors.Is(err, tt.want) || problem.Of(err).Kind != tt.kind {
			t.Errorf("%s: got %v, want %v", tt.code, err, tt.want)
		}
		if got := Unique(err); got != (tt.code == "23505") {
			t.Errorf("%s: unique is %t", tt.code, got)
		}
		if strings.Contains(err.Error(), "secret") && tt.code != "25006" && tt.code != "25P03" {
			t.Errorf("%s is quoted: %v", tt.code, err)
		}
	}
}
