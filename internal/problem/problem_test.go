package problem_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/freeline-org/freeline/internal/problem"
)

func TestOfFindsWhatWasClassified(t *testing.T) {
	closed := problem.New(problem.Conflict, "situation.closed")
	tests := []struct {
		name string
		err  error
		kind problem.Kind
		key  string
	}{
		{"bare", closed, problem.Conflict, "situation.closed"},
		{"wrapped twice", fmt.Errorf("web: %w", fmt.Errorf("close: %w", closed)), problem.Conflict, "situation.closed"},
		{"joined", errors.Join(errors.New("disk"), closed), problem.Conflict, "situation.closed"},
		{"unclassified stays inside", errors.New("dial tcp 192.0.2.5: refused"), problem.Internal, "problem.internal"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := problem.Of(tt.err)
			if p.Kind != tt.kind || p.Key != tt.key {
				t.Errorf("Of(%v) = %v %q, want %v %q", tt.err, p.Kind, p.Key, tt.kind, tt.key)
			}
		})
	}
}

func TestEachKindHasItsWordAndStatus(t *testing.T) {
	tests := []struct {
		kind   problem.Kind
		word   string
		status int
	}{
		{problem.Internal, "internal", 500},
		{problem.Invalid, "invalid", 400},
		{problem.Denied, "denied", 403},
		{problem.Missing, "missing", 404},
		{problem.Conflict, "conflict", 409},
		{problem.Later, "later", 503},
		{problem.Kind(99), "internal", 500},
	}
	for _, tt := range tests {
		if got := tt.kind.String(); got != tt.word {
			t.Errorf("word of %d = %q, want %q", tt.kind, got, tt.word)
		}
		if got := tt.kind.Status(); got != tt.status {
			t.Errorf("status of %d = %d, want %d", tt.kind, got, tt.status)
		}
	}
}

func TestVariablesAreToldApart(t *testing.T) {
	a, b := problem.New(problem.Denied, "x.a"), problem.New(problem.Denied, "x.a")
	if err := fmt.Errorf("do: %w", a); !errors.Is(err, a) || errors.Is(err, b) {
		t.Error("a wrapped variable is not found as itself, or is found as another")
	}
}
