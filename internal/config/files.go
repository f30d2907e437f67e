package config

import (
	"crypto/tls"
	"errors"
	"io/fs"
	"os"
)

// checkFiles looks at what the settings name on the disk.
func checkFiles(c Config) []Finding {
	all := checkDir(c.Dir)
	for _, f := range []struct{ setting, name string }{{"tls.key_file", c.TLS.Key}, {"keys.operational_key_file", c.Keys.Operational}} {
		if f.name != "" {
			all = append(all, checkSecretFile(f.setting, f.name)...)
		}
	}
	if c.TLS.Cert != "" && c.TLS.Key != "" {
		if _, err := tls.LoadX509KeyPair(c.TLS.Cert, c.TLS.Key); err != nil {
			all = append(all, Finding{
				Refuse, "tls.cert_file", "certificate and key cannot be read, or do not belong together",
				"No browser could open the pages.", "See that both files are PEM and of the same certificate.",
			})
		}
	}
	if c.Keys.Operational != "" {
		all = append(all, Finding{
			Warn, "keys.operational_key_file", "the operational key lies in a file",
			"Who copies this disk has it, and with the shred store's file what was not yet destroyed.",
			"Keep it encrypted by the machine where you can: LoadCredentialEncrypted of systemd, a TPM or an HSM.",
		})
	}
	return all
}

func checkDir(dir string) []Finding {
	info, err := os.Stat(dir)
	switch {
	case err != nil || !info.IsDir():
		return []Finding{{
			Refuse, "dir", "there is no such directory, or it cannot be entered", "The line has nowhere to keep anything.",
			"Make it, and give it to the account that runs the line; freeline init does both.",
		}}
	case info.Mode().Perm()&0o077 != 0:
		return []Finding{{
			Refuse, "dir", "others on this machine can look into it", "Databases and keys lie there.", "chmod 700 it.",
		}}
	}
	return nil
}

func checkSecretFile(setting, name string) []Finding {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return []Finding{{
			Refuse, setting, "there is no such file", "The line cannot start without it.", "Put it there; freeline restore brings back what was lost.",
		}}
	case err != nil:
		return []Finding{{Refuse, setting, "the file cannot be looked at", "The line cannot start without it.", "See who owns it and its directory."}}
	case info.Mode().Perm()&0o007 != 0:
		return []Finding{{
			Refuse, setting, "everybody on this machine can read it", "Whoever has it can pretend to be this line.", "chmod 600 it.",
		}}
	case info.Mode().Perm()&0o070 != 0:
		return []Finding{{
			Warn, setting, "a group of accounts can read it", "Each of them can pretend to be this line.", "chmod 600 it, unless nobody else is in the group.",
		}}
	}
	return nil
}
