// Package say puts the desk into the reader's language: its sentences, numbers,
// times and the words for what the stages call by codes. English is the language of
// the source; every other one is a folder of files that map its sentences.
package say

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"
)

// The languages of the desk, in the form of an html lang attribute.
const (
	English = "en"
	Spanish = "es"
)

// Languages lists them with the name that each has for itself.
var Languages = []struct{ Code, Name string }{{English, "English"}, {Spanish, "Español"}}

//go:embed en es
var files embed.FS

// tags are the regions whose way of writing numbers the practice's readers know.
var tags = map[string]language.Tag{English: language.AmericanEnglish, Spanish: language.MustParse("es-US")}

// Words speaks one language. It is safe for concurrent use.
type Words struct {
	// Lang is the language, one of Languages.
	Lang     string
	printer  *message.Printer
	phrases  phrasebook
	finished *finished
}

// phrase is a sentence in one language, or one for each number it is about. stage: a
// stage says it.
type phrase struct {
	text, one, other string
	stage            bool
}

// everything is read once, from files that are part of the program.
var everything = sync.OnceValue(func() map[string]*Words {
	all, err := load(files)
	if err != nil {
		panic(err) // the program was built with a broken file; a test reads them too
	}
	return all
})

// In returns the words of a language; of one that the desk does not have, English.
func In(lang string) *Words {
	if w, ok := everything()[lang]; ok {
		return w
	}
	return everything()[English]
}

// Preferred is the language among the desk's that a browser's Accept-Language asks
// for first.
func Preferred(accept string) string {
	wanted, _, err := language.ParseAcceptLanguage(accept)
	if err != nil || len(wanted) == 0 {
		return English
	}
	_, i, _ := matcher.Match(wanted...)
	return Languages[i].Code
}

var matcher = language.NewMatcher([]language.Tag{language.English, language.Spanish})

func load(from fs.FS) (map[string]*Words, error) {
	out := map[string]*Words{}
	builder := catalog.NewBuilder(catalog.Fallback(tags[English]))
	for _, l := range Languages {
		phrases, err := read(from, l.Code)
		if err != nil {
			return nil, err
		}
		for key, p := range phrases {
			if err := p.into(builder, tags[l.Code], key); err != nil {
				return nil, fmt.Errorf("words %s: %q: %w", l.Code, key, err)
			}
		}
		out[l.Code] = &Words{Lang: l.Code, phrases: phrases, finished: newFinished(phrases)}
	}
	for code, w := range out {
		w.printer = message.NewPrinter(tags[code], message.Catalog(builder))
	}
	return out, nil
}

// read reads the files of a language: TOML, each line a sentence of the source and
// what it is here, or for a number {one, other}.
func read(from fs.FS, lang string) (phrasebook, error) {
	names, err := fs.Glob(from, lang+"/*.toml")
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("words %s: no files (%w)", lang, errors.Join(err, fs.ErrNotExist))
	}
	out := phrasebook{}
	for _, name := range names {
		data, err := fs.ReadFile(from, name)
		if err != nil {
			return nil, fmt.Errorf("words: %w", err)
		}
		var lines map[string]any
		if err := toml.Unmarshal(data, &lines); err != nil {
			return nil, fmt.Errorf("words %s: %w", name, err)
		}
		for _, key := range slices.Sorted(maps.Keys(lines)) {
			p, ok := phraseOf(lines[key])
			if ok = ok && out.add(key, p, path.Base(name) == stages); !ok {
				return nil, fmt.Errorf("words %s: %q is there twice, or is neither a sentence nor {one, other}", name, key)
			}
		}
	}
	return out, nil
}

// phrasebook has the phrases of a language by the sentence of the source.
type phrasebook map[string]phrase

// add reports whether a phrase could be added: not if there is another. What the pages
// say themselves goes before what a stage says.
func (all phrasebook) add(key string, p phrase, stage bool) bool {
	old, twice := all[key]
	if twice && !stage && !old.stage && old != p {
		return false
	}
	if twice && stage {
		p = old
	}
	p.stage = stage || old.stage
	all[key] = p
	return true
}

func phraseOf(v any) (phrase, bool) {
	switch v := v.(type) {
	case string:
		return phrase{text: v}, v != ""
	case map[string]any:
		one, _ := v["one"].(string)
		other, _ := v["other"].(string)
		return phrase{one: one, other: other}, one != "" && other != "" && len(v) == 2
	}
	return phrase{}, false
}

func (p phrase) into(b *catalog.Builder, tag language.Tag, key string) error {
	if p.text != "" {
		return b.SetString(tag, key, p.text)
	}
	return b.Set(tag, key, plural.Selectf(1, "%d", plural.One, p.one, plural.Other, p.other))
}

// Say writes a sentence of the source in this language, with args put in as
// fmt.Sprintf does; whole numbers are grouped.
func (w *Words) Say(sentence string, args ...any) string {
	if len(args) == 0 && !strings.Contains(sentence, "%") {
		if p, ok := w.phrases[sentence]; ok {
			return p.text
		}
		return sentence
	}
	return w.printer.Sprintf(sentence, args...)
}

// Count writes how many there are of something: of "%d comment" it makes
// "1 comment" and "2,000 comments".
func (w *Words) Count(n int, of string) string { return w.printer.Sprintf(of, n) }

// Number writes a whole number, grouped.
func (w *Words) Number(n int) string { return w.printer.Sprintf("%d", n) }

// Has reports whether a sentence of the source is known in this language. In
// English all are.
func (w *Words) Has(sentence string) bool {
	_, ok := w.phrases[sentence]
	return ok || w.Lang == English
}

// scripts are the sentences that scripts say, listed in a file so that a test can
// hold them against the scripts.
//
//go:embed scripts.txt
var scripts string

// InScripts maps the sentences that the pages' scripts say to what they are in this
// language. In English there are none: a script has them.
func (w *Words) InScripts() map[string]string {
	out := map[string]string{}
	for sentence := range strings.Lines(scripts) {
		sentence = strings.TrimSpace(sentence)
		if p, ok := w.phrases[sentence]; ok && w.Lang != English {
			out[sentence] = p.text
		}
	}
	return out
}
