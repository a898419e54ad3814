package sandbox

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func mustNew(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := New(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func texts(s *Server) string {
	var out []string
	for _, c := range s.State().Comments {
		out = append(out, c.Text)
	}
	return strings.Join(out, ",")
}

func TestStateSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	b := open(t, Options{Dir: dir})
	id := b.say(`{"platform":"facebook","text":"a"}`)
	b.graph("POST", "/"+id+"/comments", map[string][]string{"message": {"answer"}})
	b.graph("POST", "/"+id, map[string][]string{"is_hidden": {"true"}})
	b.graph("POST", "/"+PageID+"/messages", map[string][]string{"recipient": {`{"comment_id":"` + id + `"}`}, "message": {`{"text":"hi"}`}})
	if err := b.server.Close(); err != nil {
		t.Fatal(err)
	}
	s := mustNew(t, dir)
	defer func() { _ = s.Close() }()
	c := s.State().Comments[0]
	if c.ID != id || !c.Hidden || len(c.Replies) != 1 || c.Replies[0].Text != "answer" || len(c.Private) != 1 {
		t.Errorf("after the restart: %+v", c)
	}
	if next, err := s.Add(Comment{Platform: "facebook", Text: "b"}); err != nil || next == id || next == c.Replies[0].ID {
		t.Errorf("next id %q, %v", next, err)
	}
}

// A kill can tear the last line at any byte; what was answered is there.
func TestTornTailAtEveryByte(t *testing.T) {
	dir := t.TempDir()
	s := mustNew(t, dir)
	for _, text := range []string{"one", "two"} {
		if _, err := s.Add(Comment{Platform: "facebook", Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	_ = s.Close()
	log := filepath.Join(dir, "sandbox.jsonl")
	whole, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	last := bytes.LastIndexByte(whole[:len(whole)-1], '\n') + 1
	for cut := last; cut < len(whole); cut++ {
		if err := os.WriteFile(log, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		s := mustNew(t, dir)
		if got := texts(s); got != "one" {
			t.Fatalf("cut at %d: %q", cut, got)
		}
		if _, err := s.Add(Comment{Platform: "facebook", Text: "three"}); err != nil {
			t.Fatal(err)
		}
		_ = s.Close()
		s = mustNew(t, dir)
		if got := texts(s); got != "one,three" {
			t.Fatalf("cut at %d, then written: %q", cut, got)
		}
		_ = s.Close()
	}
}

func TestDamageInTheMiddleIsSaid(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "sandbox.jsonl"), []byte("{\"op\":\"reset\"}\nrubbish\n{\"op\":\"reset\"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "damaged at line 2") {
		t.Errorf("said %v", err)
	}
}

func TestDirectoryIsHeldByOne(t *testing.T) {
	dir := t.TempDir()
	s := mustNew(t, dir)
	defer func() { _ = s.Close() }()
	if _, err := New(Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "another sandbox is using") {
		t.Errorf("said %v", err)
	}
}

func TestFailedWriteIsNotSeen(t *testing.T) {
	s := mustNew(t, t.TempDir())
	_ = s.board.Close() // every write fails from now on
	if _, err := s.Add(Comment{Platform: "facebook", Text: "lost"}); err == nil {
		t.Error("no error")
	}
	if got := texts(s); got != "" {
		t.Errorf("seen although not stored: %q", got)
	}
}
