package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"triage/internal/sandbox"
)

// noPanic fails if a process died in its own way instead of saying why.
func noPanic(t *testing.T, said string) {
	t.Helper()
	if strings.Contains(said, "panic:") || strings.Contains(said, "goroutine ") {
		t.Errorf("it panicked:\n%s", said)
	}
}

// fails runs triage, which must end by itself with exit code 1 and one sentence,
// and returns the sentence.
func fails(t *testing.T, args ...string) string {
	t.Helper()
	p := start(t, args...)
	code := p.exit()
	noPanic(t, p.output())
	var said []string
	for line := range strings.Lines(p.output()) {
		if strings.HasPrefix(line, "triage: ") {
			said = append(said, strings.TrimSpace(line))
		}
	}
	if code != 1 || len(said) != 1 {
		t.Fatalf("triage %s ended with %d and %d sentences:\n%s", args[0], code, len(said), p.output())
	}
	return said[0]
}

// says fails unless the sentence holds every part.
func says(t *testing.T, said string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(said, part) {
			t.Errorf("it said %q, without %q", said, part)
		}
	}
}

// edit changes the configuration.
func (d practiceDir) edit(t *testing.T, pairs ...string) {
	t.Helper()
	text := strings.NewReplacer(pairs...).Replace(readFile(t, d.config))
	if err := os.WriteFile(d.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// once runs the service until it is ready and stops it.
func (d practiceDir) once(t *testing.T) {
	t.Helper()
	p := start(t, "run", "--config", d.config)
	p.value("page")
	if code := p.stop(); code != 0 {
		t.Fatalf("it stopped with %d:\n%s", code, p.output())
	}
}

func textFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPlatformTalksNonsenseForAWhile(t *testing.T) {
	t.Parallel()
	sb := box{t, start(t, "sandbox", "--addr", "127.0.0.1:0").value("sandbox")}
	sb.write("Since the hysterectomy I still bleed zzcanaryzz every day")
	for _, fault := range []map[string]any{
		{"do": "body", "body": `{"data":[{"id":"1_2","message":"half of an ans`},
		{"do": "status", "status": 502, "body": "<html><h1>Bad gateway zzcanaryzz</h1></html>"},
	} {
		fault["platform"], fault["match"] = "facebook", "GET /v"
		sb.call("POST", "faults", fault, nil)
	}
	d := newPractice(t, sb.url, "")
	p := start(t, "run", "--config", d.config)
	desk := d.signIn(t, p.value("page"))
	eventually(t, 30*time.Second, "the comment once it is over", func() bool { return len(desk.waiting()) == 1 })
	if code := p.stop(); code != 0 {
		t.Errorf("it stopped with %d", code)
	}
	noPanic(t, p.output())
	failed := 0
	for line := range strings.Lines(p.output()) {
		if !strings.Contains(line, "sweep failed") {
			continue
		}
		failed++
		for _, secret := range []string{sb.url, "http", sandbox.PageToken, sandbox.PageID, "access_token", "zzcanaryzz", "half of"} {
			if strings.Contains(line, secret) {
				t.Errorf("the line holds %q: %s", secret, line)
			}
		}
	}
	if failed != 2 {
		t.Errorf("%d sweeps failed, want 2:\n%s", failed, p.output())
	}
}

var laneMetric = regexp.MustCompile(`(?m)^triage_cases\{lane="([a-z-]+)",state="[a-z]+"\} (\S+)$`)

// lanes counts the cases of each lane.
func (k *desk) lanes() map[string]int {
	_, metrics := k.get("/metrics")
	out := map[string]int{}
	for _, m := range laneMetric.FindAllStringSubmatch(metrics, -1) {
		out[m[1]] += atoi(m[2])
	}
	return out
}

func TestOddCommentsAreJudgedOrLookedAt(t *testing.T) {
	t.Parallel()
	sb := box{t, start(t, "sandbox", "--addr", "127.0.0.1:0").value("sandbox")}
	const disclosure = "I had a hip replacement here in May and it still hurts"
	nobody := ""
	for _, c := range []sandbox.Comment{
		{Text: strings.Repeat("é", 5<<20)},
		{Text: disclosure, Author: &nobody},
		{Text: disclosure},
	} {
		c.Platform = "facebook"
		sb.call("POST", "comments", c, nil)
	}
	file := textFile(t, "odd.txt", disclosure+" \xff\xfe\xc3(\n"+disclosure+"\n\x00\x00\x00\n\xff\xff\n")
	d := newPractice(t, sb.url, fmt.Sprintf("[[file]]\npath = %q\n", file))
	d.edit(t, `every = "1s"`, `every = "5s"`) // 10 MB each time
	p := start(t, "run", "--config", d.config)
	desk := d.signIn(t, p.value("page"))
	desk.http.Timeout = time.Minute
	eventually(t, 30*time.Second, "a verdict on everything", func() bool { c, v := desk.events(); return c >= 6 && c == v })
	eventually(t, 10*time.Second, "the cases", func() bool { l := desk.lanes(); return l["look"] >= 1 && l["clear"] == 4 })
	for _, id := range desk.waiting() {
		code, page := desk.post("/cases/"+id+"/reveal", nil)
		if code != 200 || !utf8.ValidString(page) || len(page) > 2<<20 {
			t.Errorf("case %s: HTTP %d, a page of %d bytes, UTF-8: %v", id, code, len(page), utf8.ValidString(page))
		}
	}
	if code := p.stop(); code != 0 {
		t.Errorf("it stopped with %d", code)
	}
	noPanic(t, p.output())
}

func TestDirectoryInUseSaysByWhom(t *testing.T) {
	t.Parallel()
	d := newPractice(t, "", fmt.Sprintf("[[file]]\npath = %q\n", textFile(t, "c.txt", "My rash is back\n")))
	p := start(t, "run", "--config", d.config)
	p.value("page")
	holder := fmt.Sprintf("process %d,", p.cmd.Process.Pid)
	says(t, fails(t, "run", "--config", d.config), holder, "is in use by", "stop that one first, or name another directory")
	says(t, fails(t, "demo", "--addr", "127.0.0.1:0", "--data", d.data), holder, "stop that one first")
	p.stop()

	dir := t.TempDir()
	demo := startDemo(t, dir, "--pace", "1h")
	says(t, fails(t, "demo", "--addr", "127.0.0.1:0", "--data", dir), fmt.Sprintf("process %d,", demo.cmd.Process.Pid), "stop it or name another directory")
}

func TestPortInUseIsOneSentence(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	d := newPractice(t, "", fmt.Sprintf("[[file]]\npath = %q\n", textFile(t, "c.txt", "My rash is back\n")))
	d.edit(t, "127.0.0.1:0", l.Addr().String())
	for _, args := range [][]string{{"run", "--config", d.config}, {"demo", "--addr", l.Addr().String(), "--data", d.data}} {
		says(t, fails(t, args...), l.Addr().String()+" is in use", "stop that one, or choose a free port", "review.addr")
	}
	if _, err := os.Stat(d.data); err == nil {
		t.Error("it made the data directory all the same")
	}
}

func TestKeyFileLostOrDamagedTouchesNothing(t *testing.T) {
	t.Parallel()
	file := textFile(t, "c.txt", "I had a hip replacement here in May\n")
	d := newPractice(t, "", fmt.Sprintf("[[file]]\npath = %q\n", file))
	d.once(t)
	path := filepath.Join(d.data, "practice.key")
	key := readFile(t, path)
	for _, tt := range []struct {
		key  string
		want []string
	}{
		{"", []string{"practice.key is missing", "put the key back from its backup"}},
		{"rubbish\n", []string{"does not hold a key of 32 bytes", "put the right file back"}},
		{key[:20], []string{"does not hold a key of 32 bytes", "put the right file back"}},
		{strings.ToUpper(key[:40]) + key[40:], []string{"written under another key", "nothing was touched", "give the right key file"}},
	} {
		var err error
		if tt.key == "" {
			err = os.Remove(path)
		} else {
			err = os.WriteFile(path, []byte(tt.key), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		says(t, fails(t, "run", "--config", d.config), tt.want...)
		if _, err := os.Stat(path); tt.key == "" && err == nil {
			t.Error("it made another key over the data")
		}
	}
	if err := os.WriteFile(path, []byte(key), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, "run", "--config", d.config)
	desk := d.signIn(t, p.value("page"))
	eventually(t, 10*time.Second, "the case with the right key", func() bool { return len(desk.waiting()) == 1 })
}
