package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"

	"triage/internal/review/say"
)

//go:embed templates assets
var files embed.FS

// look is what pages are made of: templates in every language, and files under names
// that carry a hash of their content.
type look struct {
	// pages are by language and name; each is a template of that name in the layout.
	pages  map[string]map[string]*template.Template
	assets map[string]asset
	// named finds the hashed name of a file.
	named map[string]string
}

// asset is a file. Pages are not packed: what an answer weighs would tell whoever
// watches the line, and can put words into it, what else is on the page. A file is the
// same for everybody.
type asset struct {
	kind         string
	data, packed []byte // packed with gzip; nil: that saves nothing
}

func newLook(from []fs.FS) (*look, error) {
	l := &look{pages: map[string]map[string]*template.Template{}, assets: map[string]asset{}, named: map[string]string{}}
	if err := l.readAssets(from); err != nil {
		return nil, err
	}
	for _, lang := range say.Languages {
		words := say.In(lang.Code)
		funcs := template.FuncMap{"asset": func(name string) string { return "/assets/" + l.named[name] },
			"say": words.Say, "count": words.Count, "lang": func() string { return lang.Code },
			"languages": func() any { return say.Languages }, "script": func() (string, error) { return scriptWords(words) }}
		pages, err := readPages(from, funcs)
		if err != nil {
			return nil, err
		}
		l.pages[lang.Code] = pages
	}
	return l, nil
}

func readPages(from []fs.FS, funcs template.FuncMap) (map[string]*template.Template, error) {
	out := map[string]*template.Template{}
	for _, dir := range from {
		names, err := fs.Glob(dir, "templates/*.html")
		if err != nil {
			return nil, fmt.Errorf("read templates: %w", err)
		}
		for _, name := range names {
			base := strings.TrimSuffix(path.Base(name), ".html")
			if base == "layout" || strings.Contains(base, "-") {
				continue // a part: "case-form" is of the page "case"
			}
			t, err := template.New("layout.html").Funcs(funcs).ParseFS(files, "templates/layout.html")
			if err == nil {
				t, err = t.ParseFS(dir, append([]string{name}, partsOf(names, base)...)...)
			}
			if err != nil {
				return nil, fmt.Errorf("read templates: %w", err)
			}
			if out[base] != nil {
				return nil, fmt.Errorf("read templates: there are two pages %q", base)
			}
			out[base] = t
		}
	}
	return out, nil
}

func partsOf(names []string, page string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !strings.HasPrefix(path.Base(n), page+"-") })
}

// readAssets puts the styles, and the scripts, together into one file each.
func (l *look) readAssets(from []fs.FS) error {
	whole := map[string]*bytes.Buffer{".css": {}, ".js": {}}
	for _, dir := range from {
		names, err := fs.Glob(dir, "assets/*")
		if err != nil {
			return fmt.Errorf("read assets: %w", err)
		}
		for _, name := range names {
			data, err := fs.ReadFile(dir, name)
			if err != nil {
				return fmt.Errorf("read assets: %w", err)
			}
			if b := whole[path.Ext(name)]; b != nil {
				b.Write(data)
				continue
			}
			l.add(path.Base(name), data)
		}
	}
	for ext, b := range whole {
		l.add("desk"+ext, b.Bytes())
	}
	return nil
}

func (l *look) add(name string, data []byte) {
	sum := sha256.Sum256(data)
	ext := path.Ext(name)
	hashedName := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
	l.named[name] = hashedName
	l.assets[hashedName] = asset{kind: mime.TypeByExtension(ext), data: data, packed: pack(data)}
}

// pack packs a file as small as it gets.
func pack(data []byte) []byte {
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level exists
	_, _ = z.Write(data)                                    // into memory
	_ = z.Close()
	if out.Len() >= len(data) {
		return nil
	}
	return out.Bytes()
}

// unpacked says that a browser cannot read gzip, though it names it.
var unpacked = regexp.MustCompile(`gzip\s*;\s*q=0(\.0*)?\s*(,|$)`)

// serve serves a file. Its name changes with its content, so it may be kept
// for ever.
func (l *look) serve(w http.ResponseWriter, r *http.Request) {
	a, ok := l.assets[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", a.kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("Vary", "Accept-Encoding")
	data := a.data
	if takes := r.Header.Get("Accept-Encoding"); a.packed != nil && strings.Contains(takes, "gzip") && !unpacked.MatchString(takes) {
		w.Header().Set("Content-Encoding", "gzip")
		data = a.packed
	}
	_, _ = w.Write(data)
}

// scriptWords are the sentences of the scripts, as JSON: what they look up in
// data-words.
func scriptWords(words *say.Words) (string, error) {
	b, err := json.Marshal(words.InScripts())
	return string(b), err
}
