package backup

import (
	"compress/gzip"
	"errors"
	"io"

	"filippo.io/age"
)

// Pack makes a file of any bytes.
func Pack(out io.Writer, to age.Recipient, plain []byte) error {
	sealed, err := age.Encrypt(out, to)
	if err != nil {
		return err
	}
	zipped := gzip.NewWriter(sealed)
	_, err = zipped.Write(plain)
	return errors.Join(err, zipped.Close(), sealed.Close())
}
