package sandbox

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestParseFields(t *testing.T) {
	for in, want := range map[string]string{
		"":              "",
		"id,message":    "id;message",
		"from{id,name}": "from{id;name}",
		"comments.limit(50).filter(stream).order(chronological){id,from{id}}": "comments(filter=stream limit=50 order=chronological){id;from{id}}",
		"comments.summary(true)": "comments(summary=true)",
		"a,":                     "error",
		"a{":                     "error",
		"a}":                     "error",
		"a.b":                    "error",
		"a.b(":                   "error",
		"{a}":                    "error",
		"a b":                    "error",
		"a{}":                    "error",
		strings.Repeat("a{", 20) + "b" + strings.Repeat("}", 20): "error",
	} {
		fields, err := parseFields(in)
		got := "error"
		if err == nil {
			got = show(fields)
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func show(fields []field) string {
	var out []string
	for _, f := range fields {
		one := f.name
		if len(f.args) > 0 {
			one += strings.Replace(strings.Replace(fmt.Sprint(f.args), "map[", "(", 1), "]", ")", 1)
			one = strings.NewReplacer("filter:", "filter=", "limit:", "limit=", "order:", "order=", "summary:", "summary=").Replace(one)
		}
		if f.sub != nil {
			one += "{" + show(f.sub) + "}"
		}
		out = append(out, one)
	}
	return strings.Join(out, ";")
}

func FuzzParseFields(f *testing.F) {
	f.Add("comments.limit(50){id,from{id}}")
	f.Fuzz(func(_ *testing.T, in string) { _, _ = parseFields(in) })
}

func TestMetaJSONIsASCIIAndTheSame(t *testing.T) {
	in := map[string]string{"a": "Größe 🩺 https://x <b> שלום \u2028 \"q\" \\"}
	raw := metaJSON(in)
	for _, c := range raw {
		if c > 126 {
			t.Fatalf("not ASCII: %q", raw)
		}
	}
	if !strings.Contains(string(raw), `https:\/\/x`) {
		t.Errorf("slashes are not escaped: %s", raw)
	}
	var out map[string]string
	if err := json.Unmarshal(raw, &out); err != nil || out["a"] != in["a"] {
		t.Errorf("came back as %q, %v", out["a"], err)
	}
}

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

// everyField is every field name that the sandbox's code mentions.
func everyField() []string {
	var out []string
	seen := map[string]bool{}
	for _, file := range []string{"facebook_read.go", "facebook_write.go"} {
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
