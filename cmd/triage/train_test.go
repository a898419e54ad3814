package main

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"triage/internal/classify/network"
)

const learnDir = "../../internal/classify/learn"

// TestTrainTwiceGivesTheSameFile learns from some 500 of the texts that were
// made up for learning, twice, and a third time from others.
func TestTrainTwiceGivesTheSameFile(t *testing.T) {
	dir := t.TempDir()
	train := func(name, labels string) []byte {
		out := filepath.Join(dir, name)
		args := []string{
			"train", "--vectors", filepath.Join(learnDir, "vectors.bin"), "--out", out, "--limit", "170", "--filters", "32", "--rounds", "2",
			"--written", filepath.Join(learnDir, "written", "es.jsonl"), "--written", filepath.Join(learnDir, "written", "fr.jsonl"), filepath.Join(learnDir, "written", labels),
		}
		var said bytes.Buffer
		if err := run(t.Context(), args, strings.NewReader(""), io.Discard, &said); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(said.String(), "learned from ") {
			t.Errorf("it says %q", said.String())
		}
		b, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	first := train("one.bin", "en.jsonl")
	if !bytes.Equal(first, train("two.bin", "en.jsonl")) {
		t.Error("the same texts gave two files")
	}
	if bytes.Equal(first, train("three.bin", "es.jsonl")) {
		t.Error("other texts gave the same file: this test sees nothing")
	}
}

// scratch is a directory, and what writes a file there and returns its path.
func scratch(t *testing.T) (dir string, file func(name, content string) string) {
	dir = t.TempDir()
	return dir, func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
}

// TestVectorsHoldNoNames: what is written with a capital and is in no list is
// somebody's name, in whatever file it stands.
func TestVectorsHoldNoNames(t *testing.T) {
	dir, file := scratch(t)
	ours := file("ours.jsonl", strings.Repeat(`{"text":"my hip and the frobnal, says Quillon Zarkozy","lang":"en"}`+"\n", 3))
	texts := file("texts.jsonl", strings.Repeat(`{"text":"Doctor Wobbertz has a yonderly knee, Brigson"}`+"\n", 3))
	words := file("words.txt", "quillon 0.1 0.2\nyonderly 0.3 0.4\nnowhereseen 0.5 0.6\n")
	out := filepath.Join(dir, "vectors.bin")
	args := []string{"train", "vectors", "--out", out, "--words", words, "--written", ours, texts}
	if err := run(t.Context(), args, strings.NewReader(""), io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]bool{
		"hip": true, "knee": true, "frobnal": true, "yonderly": true, "nowhereseen": true,
		"quillon": false, "zarkozy": false, "wobbertz": false, "brigson": false,
	} {
		if got := bytes.Contains(b, binary.LittleEndian.AppendUint64(nil, network.Hash("", word))); got != want {
			t.Errorf("%q is in the file: %v, want %v", word, got, want)
		}
	}
}

func TestTrainSaysWhatIsWrong(t *testing.T) {
	dir, file := scratch(t)
	vectors := filepath.Join(learnDir, "vectors.bin")
	label := `{"text":"my hip","d":2,"s":"self","c":["procedure"],"u":0,"p":0,"lang":"en"}`
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"--vectors", vectors}, "train needs"},
		{[]string{"--vectors", file("bad.bin", "nonsense"), "--out", dir + "/x", file("a.jsonl", label)}, "not a file of vectors"},
		{[]string{"--vectors", vectors, "--out", dir + "/x", file("few.jsonl", label)}, "too few labelled texts"},
		{[]string{"--vectors", vectors, "--out", dir + "/x", file("text.jsonl", label+"\n"+`{"id":"7","d":1,"s":"self"}`)}, "line 2: neither a text"},
		{[]string{"--vectors", vectors, "--out", dir + "/x", file("kind.jsonl", strings.Replace(label, "procedure", "gossip", 1))}, "line 1: c has a kind"},
		{[]string{"--vectors", vectors, "--out", dir + "/x", file("none.jsonl", `{"text":"hip"}`)}, "labels wanted"},
		{[]string{"--vectors", vectors, "--out", dir + "/x", "--filters", "50", file("b.jsonl", label)}, "multiple of 32"},
	} {
		var said bytes.Buffer
		if err := run(t.Context(), append([]string{"train"}, test.args...), strings.NewReader(""), io.Discard, &said); err == nil || !strings.Contains(said.String(), test.want) {
			t.Errorf("%v: it says %q, want %q", test.args[1:], said.String(), test.want)
		}
		if strings.Contains(said.String(), "my hip") {
			t.Error("an error quotes a text")
		}
	}
}
