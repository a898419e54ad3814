package page

import (
	"compress/gzip"
	"io"
	"io/fs"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

// Files go packed to browsers that read that, and say the same to those that do not.
func TestFilesArePackedForThoseWhoReadThat(t *testing.T) {
	l, err := newLook([]fs.FS{files, fstest.MapFS{"assets/tiny.txt": {Data: []byte("x")}}})
	if err != nil {
		t.Fatal(err)
	}
	for accept, packed := range map[string]bool{"gzip, deflate, br": true, "gzip;q=0.5": true, "": false, "br": false, "gzip;q=0, br": false, "gzip; q=0.0": false} {
		for _, name := range []string{"desk.css", "desk.js", "icon.svg"} {
			r := httptest.NewRequest("GET", "/assets/x", nil)
			r.SetPathValue("name", l.named[name])
			r.Header.Set("Accept-Encoding", accept)
			w := httptest.NewRecorder()
			l.serve(w, r)
			body := io.Reader(w.Body)
			if is := w.Header().Get("Content-Encoding") == "gzip"; is != packed {
				t.Errorf("%s for %q: packed %v", name, accept, is)
			} else if is {
				if body, err = gzip.NewReader(body); err != nil {
					t.Fatal(err)
				}
			}
			if got, err := io.ReadAll(body); err != nil || string(got) != string(l.assets[l.named[name]].data) || len(got) == 0 {
				t.Errorf("%s for %q: %d bytes, %v", name, accept, len(got), err)
			}
			if w.Header().Get("Vary") != "Accept-Encoding" {
				t.Errorf("%s: kept for everybody, though it differs", name)
			}
		}
	}
	if a := l.assets[l.named["tiny.txt"]]; a.packed != nil {
		t.Error("a file is packed that grows by it")
	}
}

func TestAreaOf(t *testing.T) {
	for path, want := range map[string]string{"/": "queue", "/cases/abc": "queue", "/settings/posting.mode": "settings", "/people": "people", "/account/app": "account"} {
		if got := areaOf(path); got != want {
			t.Errorf("%s is in %s", path, got)
		}
	}
}

// A language's pages say in their frame where one is, and only where one is.
func TestTheFrameSaysWhereOneIs(t *testing.T) {
	l, err := newLook([]fs.FS{files})
	if err != nil {
		t.Fatal(err)
	}
	for here, want := range map[string]string{
		"/settings": `href="/settings" aria-current="page"`, "/settings/x": `href="/settings" aria-current="true"`, "/": `href="/" aria-current="page"`,
		"/cases/x": `href="/" aria-current="true"`, "/account": `href="/account" aria-current="page"`,
	} {
		var out strings.Builder
		f := messagePage{Frame: Frame{Title: "x", User: "ada", Manages: true, Here: here, Area: areaOf(here)}}
		if err := l.pages["en"]["message"].Execute(&out, f); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), want) || strings.Count(out.String(), "aria-current") != 1 {
			t.Errorf("%s: the frame lacks %s:\n%s", here, want, out.String())
		}
	}
}
