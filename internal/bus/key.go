package bus

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// checkKey compares the key with the fingerprint beside the store, before the
// engine sees either: with a wrong key the engine would take the streams for
// damaged, and creating them anew would destroy them.
func checkKey(dir string, key []byte) error {
	path := filepath.Join(dir, "key.fingerprint")
	print := "plain"
	if len(key) > 0 {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte("triage store key"))
		print = hex.EncodeToString(mac.Sum(nil)[:16])
	}
	stored, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Stat(filepath.Join(dir, "jetstream")); err == nil {
			return fmt.Errorf("there is a store in %s but no key.fingerprint beside it: put the file back from the backup", dir)
		}
		return writeSynced(path, []byte(print+"\n"))
	case err != nil:
		return fmt.Errorf("read the key's fingerprint: %w", err)
	case strings.TrimSpace(string(stored)) != print:
		return fmt.Errorf("the store in %s was written under another key; nothing was touched: give the right key file (key_file)", dir)
	}
	return nil
}

func writeSynced(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err = f.Write(data); err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// quota is 80 % of what is free or ours already: reaching it gives a clear error
// from which the store recovers, while a full disk does not until a restart.
func quota(dir string) int64 {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return 1 << 30
	}
	return max(64<<20, (int64(st.Bavail)*st.Bsize+used(dir))/10*8)
}

// used is how many bytes the files below dir take.
func used(dir string) (total int64) {
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil {
				total += info.Size()
			}
		}
		return nil // what cannot be read is not counted
	})
	return total
}
