package sandbox

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// truth is a file of Meta's own specification beside the checkout.
func truth(t *testing.T, name string) map[string]bool {
	t.Helper()
	raw, err := os.ReadFile("../../../shared/data/truth/meta-" + name + ".json")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skipf("skipped 1 comparison with Meta's specification: %v", err)
	}
	var spec struct {
		Fields []struct{ Name string }
		APIs   []struct{ Endpoint string }
	}
	if err := json.Unmarshal(raw, &spec); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, f := range spec.Fields {
		known[f.Name] = true
	}
	for _, a := range spec.APIs {
		known[a.Endpoint] = true
	}
	return known
}

// What is served is in Meta's specification, and nothing else can be asked for.
func TestFieldsAreMetas(t *testing.T) {
	b := open(t, Options{})
	id := b.say(`{"platform":"facebook","text":"a","media":"photo"}`)
	nested := b.say(`{"platform":"facebook","text":"b","parent":"` + id + `"}`)
	b.graph("POST", "/me/messages", map[string][]string{"recipient": {`{"comment_id":"` + nested + `"}`}, "message": {`{"text":"hi"}`}})
	_, out := b.graph("GET", "/"+id, map[string][]string{"fields": {"object"}})
	post := at(out, "object", "id").(string)
	for _, c := range []struct{ spec, id string }{{"Comment", nested}, {"Comment", id}, {"PagePost", post}} {
		known, served := truth(t, c.spec), 0
		for _, name := range everyField() {
			status, out := b.graph("GET", "/"+c.id, map[string][]string{"fields": {name}})
			if status == 200 {
				served++
			}
			for got := range out {
				if got != "error" && !known[got] {
					t.Errorf("%s has no %q", c.spec, got)
				}
			}
			if status == 200 && !known[name] {
				t.Errorf("%s: %q can be asked for", c.spec, name)
			}
		}
		if served < 10 {
			t.Errorf("%s: only %d fields are served", c.spec, served)
		}
	}
	thread := truth(t, "UnifiedThread")
	_, out = b.graph("GET", "/"+nested, map[string][]string{"fields": {"private_reply_conversation"}})
	for got := range at(out, "private_reply_conversation").(map[string]any) {
		if !thread[got] {
			t.Errorf("UnifiedThread has no %q", got)
		}
	}
}

// Instagram's objects have the fields of Meta's specification, and no others can be
// asked for; of the lists inside them, those that are edges there.
func TestInstagramFieldsAreMetas(t *testing.T) {
	b := open(t, Options{})
	media, made := b.media(1)
	own := b.say(`{"platform":"instagram","text":"ours","author":"` + InstagramID + `","parent":"` + made[0] + `"}`)
	for _, c := range []struct {
		spec, id string
		least    int
	}{{"IGComment", made[0], 11}, {"IGComment", own, 11}, {"IGMedia", media, 12}, {"IGUser", InstagramID, 8}} {
		known, served := truth(t, c.spec), 0
		for _, name := range everyField() {
			status, out := b.graph("GET", "/"+c.id, map[string][]string{"fields": {name}})
			if status != 200 {
				continue
			}
			served++
			for got := range out {
				if !known[got] {
					t.Errorf("%s has no %q", c.spec, got)
				}
			}
			if !known[name] {
				t.Errorf("%s: %q can be asked for", c.spec, name)
			}
		}
		if served < c.least {
			t.Errorf("%s: only %d fields are served", c.spec, served)
		}
	}
	page := truth(t, "Page")
	for _, name := range everyField() {
		if status, _ := b.graph("GET", "/me", map[string][]string{"fields": {name}}); status == 200 && !page[name] {
			t.Errorf("Page: %q can be asked for", name)
		}
	}
}

// everyField is every field name that the sandbox's code mentions.
func everyField() []string {
	var out []string
	seen := map[string]bool{}
	files, err := filepath.Glob("graph/*.go")
	if err != nil || len(files) < 10 {
		panic(fmt.Sprint("the sandbox's code: ", files, err))
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			panic(err)
		}
		for _, part := range strings.Split(string(src), `"`) {
			if strings.Trim(part, "abcdefghijklmnopqrstuvwxyz_") == "" && part != "" && !seen[part] {
				seen[part] = true
				out = append(out, part)
			}
		}
	}
	return out
}
