package main

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

var (
	caseMetric  = regexp.MustCompile(`(?m)^triage_cases\{lane="[a-z-]+",state="([a-z]+)"\} (\S+)$`)
	eventMetric = regexp.MustCompile(`(?m)^triage_events\{topic="([a-z]+)"\} (\S+)$`)
)

func atoi(s string) int {
	f, _ := strconv.ParseFloat(s, 64)
	return int(f)
}

// events reads how many comments and verdicts the service keeps.
func (k *desk) events() (comments, verdicts int) {
	_, metrics := k.get("/metrics")
	for _, m := range eventMetric.FindAllStringSubmatch(metrics, -1) {
		if m[1] == "comments" {
			comments = atoi(m[2])
		} else {
			verdicts = atoi(m[2])
		}
	}
	return comments, verdicts
}

// TestFileSourceOverRealReviews lets the service follow a file with all real
// reviews, stopped and killed on the way, with bad lines in between: every line
// becomes one event and one verdict.
func TestFileSourceOverRealReviews(t *testing.T) {
	path := filepath.Join(t.TempDir(), "reviews.jsonl")
	lines := realReviews(t, path)
	d := newPractice(t, "", fmt.Sprintf("[[file]]\npath = %q\n", path))
	began := time.Now()
	p := start(t, "run", "--config", d.config)
	desk := d.signIn(t, p.value("page"))
	eventually(t, 2*time.Minute, "a third of the way", func() bool { c, _ := desk.events(); return c > lines/3 })
	p.kill()
	p = start(t, "run", "--config", d.config)
	desk = d.signIn(t, p.value("page"))
	eventually(t, 4*time.Minute, "all lines judged", func() bool { _, v := desk.events(); return v >= lines })
	took := time.Since(began)
	comments, verdicts := desk.events()
	if comments != lines || verdicts != lines {
		t.Errorf("%d lines, %d events, %d verdicts", lines, comments, verdicts)
	}
	t.Logf("%d lines in %v with a kill on the way: %.0f a second; peak memory %s", lines, took.Round(time.Millisecond),
		float64(lines)/took.Seconds(), peak(t, p))
	appendTo(t, path, `{"id":"late-1","text":"My asthma is back"}`+"\nnot json\n"+`{"id":"late-2","text":"Nice office"}`+"\n")
	eventually(t, 30*time.Second, "the lines that came later", func() bool { _, v := desk.events(); return v == lines+2 })
	if code := p.stop(); code != 0 {
		t.Errorf("it stopped with %d:\n%s", code, p.output())
	}
	if !strings.Contains(p.output(), `"line passed over"`) || strings.Contains(p.output(), "asthma") {
		t.Errorf("the bad line is not reported, or its neighbour's text is:\n%.2000s", p.output())
	}
}

// peak is the most memory a process had, as the kernel counts.
func peak(t *testing.T, p *process) string {
	t.Helper()
	status := readFile(t, fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	return strings.TrimSpace(regexp.MustCompile(`VmHWM:\s*(.*)`).FindStringSubmatch(status)[1])
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = f.WriteString(text); err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// realReviews unpacks the unlabelled reviews beside the project and counts
// them. They are not part of the project: without them the test is skipped.
func realReviews(t *testing.T, path string) int {
	t.Helper()
	in, err := os.Open("../../../shared/data/reviews.unlabelled.jsonl.gz")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("the real reviews are absent, and CI=true")
		}
		t.Skip("1 file skipped: the real reviews are absent")
	}
	defer func() { _ = in.Close() }()
	z, err := gzip.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err == nil {
		err = os.WriteFile(path, raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(raw), "\n")
}
