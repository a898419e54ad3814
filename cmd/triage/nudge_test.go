package main

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"triage/internal/nudge"
)

// nudged runs triage nudge and gives what it wrote into a directory of its own.
func nudged(t *testing.T, args ...string) (script, said string, err error) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "site")
	var stdout, stderr bytes.Buffer
	err = run(t.Context(), append([]string{"nudge", "--out", out}, args...), strings.NewReader(""), &stdout, &stderr)
	if err != nil {
		return "", stderr.String(), err
	}
	b, err := os.ReadFile(filepath.Join(out, "nudge.js"))
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.OpenReader(filepath.Join(out, "triage-nudge.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = z.Close() }()
	if len(z.File) != 5 {
		t.Errorf("the plugin has %d files", len(z.File))
	}
	return string(b), stdout.String(), nil
}

func TestNudge(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want []string // in the script
	}{
		"flags": {[]string{"--private", "https://cedar.example/private", "--phone", "(503) 555-0199"},
			[]string{`"private":"https://cedar.example/private"`, `"phone":"(503) 555-0199"`, `"name":""`}},
		"configuration": {[]string{"--config", "../../config.example.toml"},
			[]string{`"private":"https://cedar.example/talk"`, `"phone":"(503) 555-0142"`, `"name":"Cedar Family Practice"`}},
		"both": {[]string{"--config", "../../config.example.toml", "--private", "/private/", "--name", "Oak & Co"},
			[]string{`"private":"/private/"`, `"phone":"(503) 555-0142"`, `"name":"Oak \u0026 Co"`}},
	} {
		t.Run(name, func(t *testing.T) {
			script, said, err := nudged(t, c.args...)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range c.want {
				if !strings.Contains(script, w) {
					t.Errorf("the script lacks %s", w)
				}
			}
			if !strings.Contains(said, "Upload Plugin") || !strings.Contains(said, "data-triage-nudge") {
				t.Errorf("it says %q", said)
			}
		})
	}
}

func TestNudgeRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want string
		code int
	}{
		"nothing":          {nil, "neither a private form nor a telephone number", 2},
		"http":             {[]string{"--private", "http://cedar.example"}, "an https address", 2},
		"words":            {[]string{"--phone", "call us"}, "digits, spaces", 2},
		"no configuration": {[]string{"--config", "nowhere.toml"}, "cannot be read", 1},
		"an argument":      {[]string{"cedar"}, "takes no arguments", 2},
		"no directory":     {[]string{"--phone", "112", "--out", "/dev/null/site"}, "make the directory", 1},
	} {
		t.Run(name, func(t *testing.T) {
			if _, said, err := nudged(t, c.args...); err == nil || exitCode(err) != c.code || !strings.Contains(said, c.want) {
				t.Errorf("%v, %q; want %d and %q", err, said, c.code, c.want)
			}
		})
	}
}

// TestTrainNudge learns from some of the texts that were made up for learning.
func TestTrainNudge(t *testing.T) {
	dir, file := scratch(t)
	out := filepath.Join(dir, "words.tsv")
	learn := func(labels string) (string, error) {
		var said bytes.Buffer
		err := run(t.Context(), []string{"train", "nudge", "--out", out, labels}, strings.NewReader(""), &said, &said)
		return said.String(), err
	}
	raw, err := os.ReadFile(filepath.Join(learnDir, "written", "fr.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	some := file("some.jsonl", string(raw[:bytes.LastIndexByte(raw[:400_000], '\n')+1]))
	said, err := learn(some)
	if err != nil || !strings.Contains(said, " words; of texts it was not learned from it holds 7") {
		t.Errorf("%v, %q", err, said)
	}
	list, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if l, err := nudge.ReadList(list); err != nil || len(l.Points) < 500 || l.Points["ma"] <= 0 {
		t.Errorf("%v; the list is %.200s", err, list)
	}
	for labels, want := range map[string]string{
		`{"text":"my knee","d":2,"lang":"en"}`: "too few examples",
		`{"text":"my knee","lang":"en"}`:       "labels wanted",
		`{"d":2}`:                              "labels wanted",
	} {
		if said, err := learn(file("bad.jsonl", labels+"\n")); err == nil || !strings.Contains(said, want) {
			t.Errorf("%s: %v, %q, want %q", labels, err, said, want)
		}
	}
}
