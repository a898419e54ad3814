package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"triage/internal/bus"
	"triage/internal/people"
	"triage/internal/vault"
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

// With a link it is the same, and the file always has the page's present address.
func TestFirstLinkFile(t *testing.T) {
	s := &service{user: "admin", invite: true}
	s.cfg.Data.Dir, s.cfg.Review.URL = t.TempDir(), "http://localhost:1"
	first, err := s.keepLogin("abcd-efgh-ijkm-npqr-stuv-wxyz")
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.keepLogin("2222-efgh-ijkm-npqr-stuv-wxyz")
	if err != nil || first != "abcd-efgh-ijkm-npqr-stuv-wxyz" || again != first {
		t.Errorf("kept %q, then %q, %v", first, again, err)
	}
	s.cfg.Review.URL = "https://desk.example"
	if err := s.writeLogin(first); err != nil {
		t.Fatal(err)
	}
	if got := readFile(t, s.loginFile()); got != "admin https://desk.example/welcome#"+first+"\n" {
		t.Errorf("%q", got)
	}
	if left, _ := filepath.Glob(s.loginFile() + "-*"); len(left) > 0 {
		t.Errorf("%v are left", left)
	}
	if err := os.WriteFile(s.loginFile(), []byte("admin bada-gege-didi-fofo-gugu-haha\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if kept, err := s.keepLogin(first); err != nil || kept != first || !strings.Contains(readFile(t, s.loginFile()), "#"+first) {
		t.Errorf("in place of a password of an earlier release: %q, %v", kept, err)
	}
	for range 2 {
		if err := s.dropLogin(); err != nil {
			t.Error(err)
		}
	}
}

// The first user's link is good until she came in, and made anew if its day is over.
func TestTheFirstLinkIsThereUntilItIsUsed(t *testing.T) {
	b, err := bus.Start(t.Context(), bus.Options{Dir: t.TempDir(), Log: zap.NewNop()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	s := &service{cfg: defaults(), user: "admin", invite: true, log: zap.NewNop()}
	s.cfg.Data.Dir, s.cfg.Review.URL = t.TempDir(), "http://localhost:1"
	k := keys{audit: make([]byte, 32), texts: vault.Ring{{1}}, names: []byte("n")}
	st, err := s.openOn(t.Context(), b, k)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Store.Close()
	now := time.Now()
	folk := s.staff(st.Users)
	folk.Now = func() time.Time { return now }
	link := func() string {
		t.Helper()
		login, err := s.firstLogin(t.Context(), st, folk)
		if err != nil {
			t.Fatal(err)
		}
		return login
	}
	first := link()
	if !strings.HasPrefix(first, "admin http://localhost:1/welcome#") || link() != first {
		t.Errorf("first %q, then another", first)
	}
	now = now.Add(people.InvitationLife)
	second := link()
	if second == first || !strings.Contains(second, "#") {
		t.Errorf("after a day %q", second)
	}
	s.otherLink(t, st, folk)
	now = now.Add(people.InvitationLife)
	if err := s.writeLogin("2222-efgh-ijkm-npqr-stuv-wxyz"); err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(link(), "#")
	if _, err := folk.Accept(t.Context(), code, "four-unrelated-garden-words", "test"); err != nil {
		t.Fatal(err)
	}
	if got := link(); got != "" {
		t.Errorf("after she came in: %q", got)
	}
	if _, err := os.Stat(s.loginFile()); err == nil {
		t.Error("the file stays")
	}
}

// otherLink fails where a start takes away the link that an admin made meanwhile.
func (s *service) otherLink(t *testing.T, st *opened, folk *people.People) {
	t.Helper()
	code, err := folk.Invite(t.Context(), "admin")
	if err != nil {
		t.Fatal(err)
	}
	if login, err := s.firstLogin(t.Context(), st, folk); err != nil || login != "" {
		t.Errorf("beside another link: %q, %v", login, err)
	}
	if ok, err := folk.Invited(t.Context(), "admin", code); err != nil || !ok {
		t.Errorf("the other link is taken away, %v", err)
	}
}
