package main

import (
	"bytes"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"triage/internal/vault"
)

// keys are what the practice's key file gives rise to. The file holds a key a
// line, the newest first. What lasts for ever comes from the last line, the
// practice's first key.
type keys struct {
	names []byte // of ids, for ever
	audit []byte // of the audit's chain, for ever
	store []byte // of the engine, at rest: the newest of stores

	stores [][]byte   // newest first, as are the following
	texts  vault.Ring // of the vault
	backup [][]byte   // of backups
}

// masters are the keys of the file as they are in it, newest first.
type masters [][]byte

// mostKeys bounds the lines of a key file.
const mostKeys = 16

// loadKeys reads the practice's keys, making the first one the first time.
// Whoever has the file and the data directory can read everything: keep its
// backup apart.
func loadKeys(path, dataDir string) (keys, error) {
	m, err := readKeys(path)
	if missing(err) {
		m, err = makeKey(path, dataDir)
	}
	if err != nil {
		return keys{}, fmt.Errorf("key file: %w", err)
	}
	return m.derive()
}

func missing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// practiceKeys reads the practice's keys. It makes the first one only for a store
// of our own: what is on servers elsewhere may be under one of another machine.
func (s *service) practiceKeys() (keys, error) {
	path := s.cfg.Data.KeyFile
	if s.cfg.NATS.URL == "" {
		return loadKeys(path, s.storeDir())
	}
	m, err := readKeys(path)
	if missing(err) {
		err = fmt.Errorf("%s is missing: copy the practice's key file here, or make the first one with triage key new", path)
	}
	if err != nil {
		return keys{}, fmt.Errorf("key file: %w", err)
	}
	return m.derive()
}

func readKeys(path string) (masters, error) {
	raw, err := readSecret(path)
	if err != nil {
		return nil, err
	}
	m, err := parseKeys(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// parseKeys takes a key a line, blank lines, and comments after "#".
func parseKeys(raw string) (m masters, err error) {
	for line := range strings.Lines(raw) {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		key, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(key) != 32 {
			return nil, fmt.Errorf("key %d from the top does not hold a key of 32 bytes in base64: put the right file back", len(m)+1)
		}
		if i := slices.IndexFunc(m, func(k []byte) bool { return bytes.Equal(k, key) }); i >= 0 {
			return nil, fmt.Errorf("keys %d and %d from the top are the same: take the upper one out", i+1, len(m)+1)
		}
		m = append(m, key)
	}
	switch {
	case len(m) == 0:
		return nil, errors.New("it does not hold a key of 32 bytes in base64: put the right file back")
	case len(m) > mostKeys:
		return nil, fmt.Errorf("it holds %d keys, at most %d are of use: take out the oldest but the last that no backup needs", len(m), mostKeys)
	}
	return m, nil
}

func (m masters) derive() (k keys, err error) {
	derive := func(master []byte, use string) []byte {
		key, failed := hkdf.Key(sha256.New, master, nil, "triage "+use, 32)
		err = errors.Join(err, failed)
		return key
	}
	first := m[len(m)-1]
	k.names, k.audit = derive(first, "names"), derive(first, "audit")
	for _, master := range m {
		k.stores = append(k.stores, derive(master, "store"))
		k.texts = append(k.texts, vault.Key(derive(master, "texts")))
		k.backup = append(k.backup, derive(master, "backup"))
	}
	k.store = k.stores[0]
	if err != nil {
		return keys{}, fmt.Errorf("derive keys: %w", err)
	}
	return k, nil
}

// keyName tells keys apart and nothing else about them.
func keyName(master []byte) string {
	sum := sha256.Sum256(append([]byte("triage key name "), master...))
	return hex.EncodeToString(sum[:4])
}

func newKeyLine() string {
	master := make([]byte, 32)
	_, _ = rand.Read(master) // never fails
	return base64.StdEncoding.EncodeToString(master)
}

// makeKey makes a key for a new data directory. Where there is data already,
// its key was lost, and another one would not open it.
func makeKey(path, dataDir string) (masters, error) {
	if _, err := os.Stat(filepath.Join(dataDir, "key.fingerprint")); err == nil {
		return nil, fmt.Errorf("%s is missing, but %s holds data written under it: put the key back from its backup", path, dataDir)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, unwritable(err)
	}
	raw := newKeyLine() + "\n"
	if err := createFile(path, raw); err != nil {
		return nil, unwritable(err)
	}
	return parseKeys(raw)
}

// createFile puts data under a path that is free, for its owner only, durably and
// all at once: half a key would refuse every later start, and data under one that
// a power cut takes away could never be read again.
func createFile(path, data string) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.new")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.WriteString(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func unwritable(err error) error {
	return fmt.Errorf("%w: make its directory writable and see that there is room, or name another with --data, data.dir or data.key_file", err)
}

// putFirst puts a key before those of the file, which must still be m. The file
// is the old one or the new one at any instant, with its owner and mode.
func putFirst(path, line string, m masters) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if now, err := parseKeys(string(raw)); err != nil || !slices.EqualFunc(now, m, bytes.Equal) {
		return errors.Join(fmt.Errorf("%s changed meanwhile: run it again", path), err)
	}
	raw = fmt.Appendf(nil, "%s # since %s\n%s", line, time.Now().UTC().Format(time.DateOnly), raw)
	if err := replaceFile(path, raw); err != nil {
		return fmt.Errorf("%w: let this user write to it and its directory, or put a line of triage key rotate --print first by hand and start the service", err)
	}
	return nil
}

func replaceFile(path string, data []byte) (err error) {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if owner, ok := info.Sys().(*syscall.Stat_t); ok {
		err = f.Chown(int(owner.Uid), int(owner.Gid))
	}
	_, failed := f.Write(data)
	if err = errors.Join(err, failed, f.Chmod(info.Mode().Perm()), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}
