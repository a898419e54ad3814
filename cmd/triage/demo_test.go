package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// interrupt presses Ctrl-C and returns the exit code.
func (p *process) interrupt() int {
	p.t.Helper()
	_ = p.cmd.Process.Signal(os.Interrupt)
	select {
	case <-p.ended:
	case <-time.After(10 * time.Second):
		p.t.Fatalf("it did not stop within 10 s of Ctrl-C:\n%s", p.output())
	}
	return p.cmd.ProcessState.ExitCode()
}

// show is a demo under way.
type show struct {
	*process
	page, login string
	box         box
	desk        *desk
}

func startDemo(t *testing.T, dir string, args ...string) *show {
	t.Helper()
	s := &show{process: start(t, append([]string{"demo", "--addr", "127.0.0.1:0", "--data", dir}, args...)...)}
	s.page = s.value("page")
	s.box, s.login = box{t, s.value("sandbox")}, s.value("login")
	s.desk = practiceDir{data: dir}.signIn(t, s.page)
	return s
}

// texts are all comments, in the order in which they were written.
func (s *show) texts() (texts []string) {
	for _, c := range s.box.state().Comments {
		texts = append(texts, c.Text)
	}
	return texts
}

// judged waits until every comment has its event and its verdict, and no more.
func (s *show) judged(n int) {
	s.t.Helper()
	eventually(s.t, 20*time.Second, "a verdict on every comment", func() bool {
		comments, verdicts := s.desk.events()
		return comments == n && verdicts == n
	})
}

func TestDemoGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "demo")
	first := startDemo(t, dir, "--pace", "200ms")
	name, password, _ := strings.Cut(first.login, " ")
	if _, body := first.desk.post("/login", url.Values{"name": {name}, "password": {password}}); strings.Contains(body, `name="password"`) {
		t.Errorf("the printed login %q does not work", first.login)
	}
	eventually(t, 20*time.Second, "comments one after the other", func() bool { return len(first.texts()) > atOnce+1 })
	eventually(t, 20*time.Second, "cases", func() bool { return len(first.desk.waiting()) > 2 })
	if code, body := first.desk.get("/readyz"); code != 200 || !strings.Contains(body, `"ready":true`) {
		t.Errorf("ready: HTTP %d %s", code, body)
	}
	case1 := first.desk.waiting()[0]
	if code := first.interrupt(); code != 0 {
		t.Fatalf("Ctrl-C ended it with %d:\n%s", code, first.output())
	}

	again := startDemo(t, dir, "--pace", "1h")
	if again.login != first.login {
		t.Errorf("the login was %q and became %q", first.login, again.login)
	}
	texts := again.texts()
	var want []string
	for _, s := range inventedComments() {
		want = append(want, s.text)
	}
	if len(texts) <= atOnce+1 || !slices.Equal(texts, want[:len(texts)]) {
		t.Errorf("after a restart the comments are not those of before, each once: %d", len(texts))
	}
	again.judged(len(texts))
	if code, body := again.desk.get("/cases/" + case1); code != 200 || !strings.Contains(body, case1) {
		t.Errorf("the case %s is not there any more: HTTP %d", case1, code)
	}
	if code := again.interrupt(); code != 0 {
		t.Errorf("Ctrl-C ended it with %d:\n%s", code, again.output())
	}
}

func TestDemoBringsEachLineOfAFileOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "mine.txt")
	lines := []string{"Is there parking?", "My rash is back", "My son had a fever after the shot", "Call me at 555-014-7733", "Nice office", "Is there parking?"}
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "demo")
	for round, more := range []string{"", "", "one more\nand another\n"} {
		if more != "" {
			appendTo(t, path, more)
			lines = append(lines, strings.Split(strings.TrimSpace(more), "\n")...)
		}
		s := startDemo(t, data, "--comments", path)
		eventually(t, 20*time.Second, "every line", func() bool { return len(s.texts()) >= len(lines) })
		s.judged(len(lines))
		if texts := s.texts(); !slices.Equal(texts, lines) {
			t.Errorf("round %d: the comments are %q, want %q", round, texts, lines)
		}
		if code := s.interrupt(); code != 0 {
			t.Errorf("round %d: Ctrl-C ended it with %d:\n%s", round, code, s.output())
		}
	}
}

func TestDemoInterruptedInAFileGoesOnInIt(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range 150 {
		lines = append(lines, fmt.Sprintf("Is there parking at door %d?", i))
	}
	path, data := textFile(t, "mine.txt", strings.Join(lines, "\n")+"\n"), t.TempDir()
	for stopAt := range 4 {
		s := startDemo(t, data, "--comments", path)
		eventually(t, 20*time.Second, "some lines", func() bool { return len(s.texts()) >= min(len(lines), 40*(stopAt+1)) })
		if stopAt == 3 {
			eventually(t, 20*time.Second, "every line", func() bool { return len(s.texts()) >= len(lines) })
			s.judged(len(lines))
			if texts := s.texts(); !slices.Equal(texts, lines) {
				t.Errorf("%d comments of %d lines, or in another order", len(texts), len(lines))
			}
		}
		if code := s.interrupt(); code != 0 {
			t.Errorf("Ctrl-C ended it with %d:\n%s", code, s.output())
		}
	}
}

func TestDemoSaysWhatIsWrongWithItsFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	if said := fails(t, "demo", "--addr", "127.0.0.1:0", "--data", data, "--comments", filepath.Join(dir, "absent.txt")); !strings.Contains(said, "absent.txt") {
		t.Errorf("it said %q", said)
	}
	path := filepath.Join(dir, "bad.jsonl")
	if err := os.WriteFile(path, []byte("{\"text\":\"one\"}\nnot json\n{\"text\":\"three\"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, "demo", "--addr", "127.0.0.1:0", "--data", data, "--comments", path)
	sb := box{t, p.value("sandbox")}
	eventually(t, 20*time.Second, "the good lines", func() bool { return len(sb.state().Comments) == 2 })
	if !strings.Contains(p.output(), "bad.jsonl: line 2 passed over") {
		t.Errorf("it said %q", p.output())
	}
}
