package main

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// keys are what the practice's one key file gives rise to.
type keys struct {
	names []byte // of ids
	texts []byte // of the vault
	store []byte // of the engine, at rest
}

// loadKeys reads the practice's key, making it the first time. Whoever has the
// file and the data directory can read everything: keep its backup apart.
func loadKeys(path, dataDir string) (keys, error) {
	raw, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		raw, err = makeKey(path, dataDir)
	case err != nil:
		err = fmt.Errorf("%w: let the service's user read it", err)
	}
	if err != nil {
		return keys{}, fmt.Errorf("key file: %w", err)
	}
	master, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(raw)))
	if err != nil || len(master) != 32 {
		return keys{}, fmt.Errorf("key file %s: it does not hold a key of 32 bytes in base64: put the right file back", path)
	}
	return deriveKeys(master)
}

func deriveKeys(master []byte) (k keys, err error) {
	for use, key := range map[string]*[]byte{"names": &k.names, "texts": &k.texts, "store": &k.store} {
		if *key, err = hkdf.Key(sha256.New, master, nil, "triage "+use, 32); err != nil {
			return keys{}, fmt.Errorf("derive keys: %w", err)
		}
	}
	return k, nil
}

// makeKey makes a key for a new data directory. Where there is data already,
// its key was lost, and another one would not open it.
func makeKey(path, dataDir string) ([]byte, error) {
	if _, err := os.Stat(filepath.Join(dataDir, "key.fingerprint")); err == nil {
		return nil, fmt.Errorf("%s is missing, but %s holds data written under it: put the key back from its backup", path, dataDir)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, unwritable(err)
	}
	master := make([]byte, 32)
	_, _ = rand.Read(master) // never fails
	raw := []byte(base64.StdEncoding.EncodeToString(master) + "\n")
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, unwritable(err)
	}
	_, err = f.Write(raw)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, unwritable(errors.Join(err, os.Remove(path))) // half a key would refuse every later start
	}
	return raw, nil
}

func unwritable(err error) error {
	return fmt.Errorf("%w: make its directory writable and see that there is room, or name another with --data, data.dir or data.key_file", err)
}
