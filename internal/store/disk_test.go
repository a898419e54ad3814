package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"triage/internal/bus"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// planted are words that may be in no file, by where they come from.
var planted = map[string]string{"text": "zzcanaryzz", "author": "zzauthorzz", "author's id": "zzpersonzz", "link": "zzlinkzz",
	"title": "zztitlezz", "item": "zzitemzz", "post": "zzpostzz", "staff's text": "zztypedzz"}

func plantedComment(n int) ingest.Comment {
	return ingest.Comment{Platform: "facebook", Account: "main", Content: ingest.Content{
		Text: fmt.Sprint("zzcanaryzz ", n), Author: "zzauthorzz", AuthorID: "zzpersonzz", Item: fmt.Sprint("zzitemzz", n),
		Post: "zzpostzz", Link: "https://example.com/zzlinkzz", Title: "zztitlezz",
	}}
}

// plant reads many comments of one person, with verdicts, cases and answers.
func plant(t *testing.T, p *practice) []ingest.Comment {
	t.Helper()
	var in []ingest.Comment
	for n := range 60 {
		in = append(in, plantedComment(n))
	}
	all := p.read(t, in...)
	p.judge(t, all...)
	for n, c := range all {
		if n%2 == 0 {
			say := respond.Action{Kind: ingest.Reply, State: respond.Sent, Text: c.ID + ".say-reply.abc"}
			must(t, p.Texts.Save(t.Context(), say.Text, fmt.Sprint("zztypedzz ", n)))
			p.file(t, c, say)
		}
	}
	return all
}

// times counts the bytes in all files below dir.
func times(t *testing.T, dir string, what []byte) (n int) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || err == nil && !e.Type().IsRegular() {
			return nil
		}
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) { // replaced meanwhile
			return nil
		}
		n += bytes.Count(data, what)
		return err
	}))
	return n
}

// boxes are the sealed texts and keys of a comment as they are stored, without
// the heads, which are alike.
func (p *practice) boxes(t *testing.T, ids map[string]bool) (boxes [][]byte) {
	t.Helper()
	for _, stream := range []string{"texts", "keys"} {
		must(t, p.bus.Dump(t.Context(), stream, func(m bus.Message) error {
			if key := m.Subject[len(stream)+1:]; ids[idOf(key)] {
				boxes = append(boxes, bytes.Clone(m.Data[8:]))
			}
			return nil
		}))
	}
	return boxes
}

// inFiles is how many of the byte strings are in some file below dir.
func inFiles(t *testing.T, dir string, all [][]byte) (n int) {
	t.Helper()
	for _, one := range all {
		if times(t, dir, one) > 0 {
			n++
		}
	}
	return n
}

func noneInPlain(t *testing.T, when, dir string) {
	t.Helper()
	for what, word := range planted {
		if n := times(t, dir, []byte(word)); n > 0 {
			t.Errorf("%s: the %s is in the files in plain %d times", when, what, n)
		}
	}
}

// The control: what is kept unsealed is found.
func TestScanSeesWhatIsNotSealed(t *testing.T) {
	p := open(t, t.TempDir())
	for _, word := range planted {
		_, err := p.Texts.blobs.Create(t.Context(), []bus.Blob{{Key: "a." + word, Data: []byte("x " + word)}})
		must(t, err)
	}
	for what, word := range planted {
		if times(t, p.dir, []byte(word)) == 0 {
			t.Errorf("the %s is not found: the scan is blind", what)
		}
	}
}

func TestNothingIsInPlainAndWhatIsErasedIsGone(t *testing.T) {
	dir := t.TempDir()
	p := open(t, filepath.Join(dir, "store"))
	all := plant(t, p)
	noneInPlain(t, "kept", dir)
	gone, stay := map[string]bool{}, map[string]bool{}
	for n, c := range all {
		if n < 40 {
			gone[c.ID] = true
		} else {
			stay[c.ID] = true
		}
	}
	before := p.backup(t)
	for part, data := range before {
		must(t, os.WriteFile(filepath.Join(dir, "old."+string(part)), data, 0o600))
	}
	erased, kept := p.boxes(t, gone), p.boxes(t, stay)
	if n := inFiles(t, dir, erased); n != len(erased) || n != 40*2+20*2 {
		t.Fatalf("%d of %d sealed texts and keys were found before: the scan is blind", n, len(erased))
	}
	for id := range gone {
		p.erase(t, id)
	}
	after := p.backup(t)
	for _, when := range []string{"erased", "stopped", "started again"} {
		switch when {
		case "stopped":
			p.stop(t)
		case "started again":
			p = open(t, p.dir)
		}
		noneInPlain(t, when, dir)
		if n := inFiles(t, dir, erased); n != 0 {
			t.Errorf("%s: %d sealed texts and keys are left of what was erased", when, n)
		}
		if n := inFiles(t, dir, kept); n != len(kept) {
			t.Errorf("%s: %d of %d sealed texts and keys are there of what was not", when, n, len(kept))
		}
	}
	old := restore(t, before[DataPart], before[KeysPart]) // with the keys of then
	if got := old.opens(t, all[0].Key()); got != "zzcanaryzz 0" {
		t.Errorf("under the old keys it says %q: the test shows nothing", got)
	}
	now := restore(t, before[DataPart], after[KeysPart])
	for n, c := range all {
		if got := now.opens(t, c.Key()); (got == "") != gone[c.ID] || now.Gone.Has(c.ID) != gone[c.ID] {
			t.Errorf("%d: restored it says %q", n, got)
		}
	}
	if n := inFiles(t, now.dir, erased); n != 0 {
		t.Errorf("restored: %d sealed texts and keys are there of what was erased", n)
	}
	now.read(t, plantedComment(0))
	now.gone(t, all[0])
	noneInPlain(t, "restored", now.dir)
}
