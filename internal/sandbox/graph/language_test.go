package graph

import (
	"encoding/json"
	"fmt"
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
			got = written(fields)
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func written(fields []field) string {
	var out []string
	for _, f := range fields {
		one := f.name
		if len(f.args) > 0 {
			one += strings.Replace(strings.Replace(fmt.Sprint(f.args), "map[", "(", 1), "]", ")", 1)
			one = strings.NewReplacer("filter:", "filter=", "limit:", "limit=", "order:", "order=", "summary:", "summary=").Replace(one)
		}
		if f.sub != nil {
			one += "{" + written(f.sub) + "}"
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
