package account

import (
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/shred"
)

// ShowRoot writes a root key as it is printed.
func ShowRoot(root []byte) seal.Text { return showRoot(root) }

// ParseCode reads a one-time code.
func ParseCode(t seal.Text) ([]byte, error) { return parseCode(t) }

// ShowCode writes one.
func ShowCode(code []byte) seal.Text { return showCode(code) }

// Tidy is what is made of a typed passphrase.
func Tidy(t seal.Text) []byte { return tidy(t) }

// Real is the accounts of a line with the slow hash as it is.
func Real(l seal.Line, d *db.DB, s *shred.Store, a *seal.Authority, log *audit.Log, people *staff.Staff) *Accounts {
	return New(l, d, s, vault.New(l, d, s, a, log), people)
}
