package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// keyLine is a line of a key file, of 32 times this byte.
func keyLine(of byte) string { return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{of}, 32)) }

// keyFile writes a key file of these lines.
func keyFile(t *testing.T, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "practice.key")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func mustLoad(t *testing.T, path string) keys {
	t.Helper()
	k, err := loadKeys(path, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// What a one-line file gave rise to when there was no other must stay so: the
// ids and the store of every installation hang on it.
func TestOneKeyIsWhatItAlwaysWas(t *testing.T) {
	k := mustLoad(t, keyFile(t, keyLine(1)))
	for want, got := range map[string][]byte{
		"de2889190715cc0b18351f48f0249a122ece20f197c4d053254dd96accb4a542": k.names,
		"b21ed94e9984e9c5e148488ed1fc065562504cf9d5a7523e159ceedd18d481b8": k.texts[0][:],
		"2a2f87b0334ca045e96a5090991ed34036cb7cee2a85509aca098379780fad7c": k.store,
	} {
		if hex.EncodeToString(got) != want {
			t.Errorf("%x, want %s", got, want)
		}
	}
	if len(k.texts) != 1 || len(k.stores) != 1 || len(k.backup) != 1 {
		t.Errorf("%d, %d and %d keys of one line", len(k.texts), len(k.stores), len(k.backup))
	}
	seen := map[string]bool{}
	for _, key := range [][]byte{k.names, k.audit, k.store, k.texts[0][:], k.backup[0]} {
		seen[string(key)] = true
	}
	if len(seen) != 5 {
		t.Errorf("%d different keys for 5 uses", len(seen))
	}
}

func TestNewestKeySealsAndFirstOneNames(t *testing.T) {
	was := mustLoad(t, keyFile(t, keyLine(1)))
	k := mustLoad(t, keyFile(t, "", "# the practice's keys", keyLine(3)+" # since 2026-11-23", "", "  "+keyLine(2), keyLine(1)))
	if !bytes.Equal(k.names, was.names) || !bytes.Equal(k.audit, was.audit) {
		t.Error("a newer key changed the ids or the audit's chain")
	}
	if bytes.Equal(k.store, was.store) || !bytes.Equal(k.store, k.stores[0]) || !bytes.Equal(k.stores[2], was.store) {
		t.Error("the store is not under the newest key, or the oldest is not the last")
	}
	if len(k.texts) != 3 || k.texts[2] != was.texts[0] || !bytes.Equal(k.backup[2], was.backup[0]) {
		t.Error("what was sealed under the first key is lost")
	}
}

func TestKeyFilesThatAreRefused(t *testing.T) {
	var many []string
	for i := range mostKeys + 1 {
		many = append(many, keyLine(byte(i)))
	}
	for name, tt := range map[string]struct {
		lines []string
		want  string
	}{
		"empty":        {nil, "is empty"},
		"comment only": {[]string{"# nothing"}, "does not hold a key of 32 bytes"},
		"short":        {[]string{keyLine(1), keyLine(2)[:20]}, "key 2 from the top does not hold a key of 32 bytes"},
		"two on one":   {[]string{keyLine(1) + " " + keyLine(2)}, "key 1 from the top does not hold"},
		"twice":        {[]string{keyLine(1), keyLine(2), keyLine(1)}, "keys 1 and 3 from the top are the same"},
		"too many":     {many, "at most 16"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := loadKeys(keyFile(t, tt.lines...), t.TempDir()); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	if k := mustLoad(t, keyFile(t, many[1:]...)); len(k.texts) != mostKeys {
		t.Errorf("%d keys of %d", len(k.texts), mostKeys)
	}
}

func TestKeyFileThatOthersCanReadIsRefused(t *testing.T) {
	path := keyFile(t, keyLine(1))
	for _, mode := range []os.FileMode{0o640, 0o604, 0o660} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := loadKeys(path, t.TempDir()); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("%v: got %v, want what to do", mode, err)
		}
	}
	t.Setenv("CREDENTIALS_DIRECTORY", filepath.Dir(path))
	mustLoad(t, path)
}

func TestFirstKeyIsMadeOnceAndForItsOwnerOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "practice.key")
	k, err := loadKeys(path, filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	if again := mustLoad(t, path); !bytes.Equal(again.store, k.store) {
		t.Error("the second time it is another key")
	}
	if _, err := makeKey(path, t.TempDir()); !errors.Is(err, fs.ErrExist) {
		t.Errorf("made over another: %v", err)
	}
	if all, err := os.ReadDir(filepath.Dir(path)); len(all) != 1 || err != nil {
		t.Errorf("%d files, %v, want the key's only", len(all), err)
	}
}

// Whenever the process dies, there is no key or a whole one.
func TestFirstKeyIsThereAllAtOnce(t *testing.T) {
	for range 50 {
		path := filepath.Join(t.TempDir(), "practice.key")
		made := make(chan error, 1)
		go func() {
			_, err := makeKey(path, t.TempDir())
			made <- err
		}()
		raw, err := os.ReadFile(path)
		for over := false; errors.Is(err, fs.ErrNotExist) && !over; {
			over = len(made) > 0
			raw, err = os.ReadFile(path)
		}
		if _, broken := parseKeys(string(raw)); err != nil || broken != nil {
			t.Errorf("%d bytes, %v, %v", len(raw), err, broken)
		}
		if err := <-made; err != nil {
			t.Fatal(err)
		}
	}
}

// Of several machines that share NATS servers none makes a key of its own.
func TestKeyForServersElsewhereIsMadeOnDemandOnly(t *testing.T) {
	s := &service{}
	s.cfg.NATS.URL = "tls://nats.example:4222"
	s.cfg.Data.Dir = t.TempDir()
	s.cfg.Data.KeyFile = filepath.Join(s.cfg.Data.Dir, "practice.key")
	if _, err := s.practiceKeys(); err == nil || !strings.Contains(err.Error(), "triage key new") {
		t.Fatalf("no key: %v, want what to do", err)
	}
	name, err := s.firstKey()
	if err != nil {
		t.Fatal(err)
	}
	k, err := s.practiceKeys()
	if err != nil || !bytes.Equal(k.store, mustLoad(t, s.cfg.Data.KeyFile).store) {
		t.Fatalf("%v, or another key", err)
	}
	if _, err := s.firstKey(); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Fatalf("a second first key: %v", err)
	}
	if m, err := readKeys(s.cfg.Data.KeyFile); err != nil || len(m) != 1 || keyName(m[0]) != name {
		t.Fatalf("%d keys, %v, want %s only", len(m), err, name)
	}
	s.cfg.NATS.URL, s.cfg.Data.KeyFile = "", filepath.Join(t.TempDir(), "practice.key")
	if _, err := s.practiceKeys(); err != nil {
		t.Fatalf("a store of our own: %v", err)
	}
}

func TestKeyNew(t *testing.T) {
	d := newPractice(t, "", fmt.Sprintf("[[file]]\npath = %q\n", textFile(t, "c.txt", "Good morning\n")))
	says(t, does(t, "key", "new", "--config", d.config), "key=", "Back up")
	says(t, fails(t, "key", "new", "--config", d.config), "there already")
	mustLoad(t, filepath.Join(d.data, "practice.key"))
}

func TestKeyIsPutFirstAllAtOnce(t *testing.T) {
	path := keyFile(t, "# kept", keyLine(1))
	link := filepath.Join(t.TempDir(), "link")
	if err := errors.Join(os.Chmod(path, 0o400), os.Symlink(path, link)); err != nil {
		t.Fatal(err)
	}
	m, err := readKeys(link)
	if err != nil {
		t.Fatal(err)
	}
	if err := putFirst(link, keyLine(2), m); err != nil {
		t.Fatal(err)
	}
	now, err := readKeys(path)
	if err != nil || len(now) != 2 || now[0][0] != 2 || now[1][0] != 1 {
		t.Fatalf("%d keys, %v", len(now), err)
	}
	info, err := os.Lstat(path)
	raw, _ := os.ReadFile(path)
	if err != nil || info.Mode() != 0o400 || !strings.Contains(string(raw), "# kept\n") {
		t.Errorf("mode %v, %v, %d lines", info.Mode(), err, strings.Count(string(raw), "\n"))
	}
	if err := putFirst(path, keyLine(3), m); err == nil || !strings.Contains(err.Error(), "changed meanwhile") {
		t.Errorf("another's change: %v, want a refusal", err)
	}
	if err := os.Mkdir(path+".new", 0o700); err != nil { // in the way
		t.Fatal(err)
	}
	if err := putFirst(path, keyLine(3), now); err == nil || !strings.Contains(err.Error(), "--print") {
		t.Errorf("unwritable: %v, want what to do", err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(after, raw) {
		t.Error("a refused change changed the file")
	}
}
