package account

import (
	"context"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"image"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/seal"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/hotline/vault"
)

// period is how long a code lives (RFC 6238, 4.1), in seconds.
const period = 30

// newSecond makes a second factor and the function that keeps it.
func (a *Accounts) newSecond(p staff.Person) (Second, func(db.Tx) error, error) {
	seed := box.Random(20)
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Freeline", AccountName: p.Pseudonym, Secret: seed, Period: period})
	if err != nil {
		return Second{}, nil, err
	}
	sealed := a.shred.Seal(seed, "totp", string(p.ID))
	return Second{seal.Conceal(key.Secret()), seal.Conceal(key.URL())}, func(tx db.Tx) error {
		_, err := tx.Exec(`INSERT INTO totp (person, seed) VALUES ($1, $2)
			ON CONFLICT (person) DO UPDATE SET seed = excluded.seed, confirmed = 0, last_step = 0`, p.ID, sealed)
		return err
	}, nil
}

// check verifies a code of now, the one before or the one after, each good once
// (RFC 6238, 5.2). Who has no second factor fails the same way.
func (a *Accounts) check(tx db.Tx, p hotline.PersonID, code string) error {
	s, err := a.step(tx, p, code)
	if err != nil {
		return err
	}
	n, err := tx.Exec(`UPDATE totp SET last_step = $1, confirmed = 1 WHERE person = $2 AND last_step < $1`, s, p)
	if err == nil && n == 0 {
		err = vault.ErrDenied
	}
	return err
}

// fits looks whether check would pass, and uses nothing up.
func (a *Accounts) fits(ctx context.Context, p hotline.PersonID, code string) (bool, error) {
	err := a.db.Read(ctx, func(tx db.Tx) error { _, err := a.step(tx, p, code); return err })
	if errors.Is(err, vault.ErrDenied) {
		return false, nil
	}
	return err == nil, err
}

// step finds the step whose code it is, among those that are good.
func (a *Accounts) step(tx db.Tx, p hotline.PersonID, code string) (int64, error) {
	var sealed []byte
	var last int64
	err := tx.QueryRow(`SELECT seed, last_step FROM totp WHERE person = $1`, p).Scan(&sealed, &last)
	if errors.Is(err, db.ErrNoRows) {
		return 0, vault.ErrDenied
	}
	if err != nil {
		return 0, err
	}
	seed, err := a.shred.Open(sealed, "totp", string(p))
	if err != nil {
		return 0, err
	}
	now, err := db.Now(tx)
	if err != nil {
		return 0, err
	}
	step := now / 1000 / period
	for s := step - 1; s <= step+1; s++ {
		want, err := Code(seed, s)
		if err != nil {
			return 0, err
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && s > last {
			return s, nil
		}
	}
	return 0, vault.ErrDenied
}

// Code is the code of a time step, as an app shows it.
func Code(seed []byte, step int64) (string, error) {
	return totp.GenerateCodeCustom(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(seed), time.Unix(step*period, 0),
		totp.ValidateOpts{Period: period, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
}

// CodeAt is the code at a moment of a secret as [Second] shows it, for those who
// play the app: the demo and tests.
func CodeAt(secret seal.Text, at time.Time) (string, error) {
	return totp.GenerateCode(secret.Reveal(), at)
}

// Picture draws a second factor's address as a QR code, for an app to read.
func Picture(address seal.Text) (image.Image, error) {
	key, err := otp.NewKeyFromURL(address.Reveal())
	if err != nil {
		return nil, ErrCode // the parser's error quotes the address
	}
	return key.Image(240, 240)
}
