package page

import (
	"bytes"
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

type asset struct {
	kind string
	data []byte
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
	l.assets[hashedName] = asset{kind: mime.TypeByExtension(ext), data: data}
}

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
	_, _ = w.Write(a.data)
}

// scriptWords are the sentences of the scripts, as JSON: what they look up in
// data-words.
func scriptWords(words *say.Words) (string, error) {
	b, err := json.Marshal(words.InScripts())
	return string(b), err
}
