package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"triage/internal/people"
)

// The file of the first login is there as a whole or not at all, and what it
// says once it goes on saying.
func TestFirstLoginFile(t *testing.T) {
	s := &service{user: "admin"}
	s.cfg.Data.Dir = t.TempDir()
	first, err := s.keepLogin(people.NewPassword())
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.keepLogin(people.NewPassword())
	if err != nil || first == "" || again != first {
		t.Errorf("kept %q, then %q, %v", first, again, err)
	}
	info, err := os.Stat(s.loginFile())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(s.loginFile() + "-*"); len(left) > 0 {
		t.Errorf("%v are left", left)
	}
	if err := os.WriteFile(s.loginFile(), []byte("marta her-password\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.keepLogin(people.NewPassword()); err == nil || !strings.Contains(err.Error(), "delete it") {
		t.Errorf("another user's file: %v", err)
	}
}
