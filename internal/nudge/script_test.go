package nudge

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
)

func TestScriptIsSmall(t *testing.T) {
	b := script(t, cedar)
	var z bytes.Buffer
	w, _ := gzip.NewWriterLevel(&z, gzip.BestCompression)
	_, _ = w.Write(b)
	_ = w.Close()
	t.Logf("%d bytes, %d compressed", len(b), z.Len())
	if len(b) > 60_000 || z.Len() > 25_000 {
		t.Errorf("%d bytes, %d compressed: too much for a page", len(b), z.Len())
	}
	if !bytes.Equal(b, script(t, cedar)) {
		t.Error("the same practice gave two scripts")
	}
}

// The script has no means to tell anybody anything or to keep it, needs no
// permission of a policy, and no browser younger than 2018.
func TestScriptHasNoMeans(t *testing.T) {
	code := source // without the list, whose words are anybody's
	for _, means := range []string{
		"fetch", "XMLHttpRequest", "sendBeacon", "WebSocket", "EventSource", "import(", "Worker", "new Image", "<img", "postMessage", // tell
		"localStorage", "sessionStorage", "indexedDB", "cookie", "caches", "history.", "window.name", "console", // keep
		"eval", "Function(", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "setTimeout", "setInterval", "onclick", // run
		"?.", "??", "catch {", ".flat(", ".flatMap(", "matchAll", "replaceAll", ".at(", "Object.fromEntries", "allSettled", "||=", "&&=", "static {", "=> #", "1_0", "trimStart", // newer
	} {
		if strings.Contains(code, means) {
			t.Errorf("it has %q", means)
		}
	}
}

// Whatever a practice is called, the script stays one script.
func TestScriptEscapes(t *testing.T) {
	p := Practice{Private: "/private/", Name: "</script><!-- \" ' \\ \u2028 @data@ 🩺 é"}
	b := script(t, p)
	for i, c := range b {
		if c >= 0x80 {
			t.Fatalf("byte %d is not ASCII", i)
		}
	}
	if s := string(b); strings.Contains(s, "</script") || strings.Contains(s, "<!--") || !strings.Contains(s, `\ud83e\ude7a \u00e9`) || !strings.Contains(s, `\u2028 @data@`) {
		t.Error("the name got into the script as it is")
	}
	if _, err := Script(Practice{Name: "Cedar"}, Shipped()); err == nil {
		t.Error("a script that leads nowhere was written")
	}
}

func TestPractice(t *testing.T) {
	for name, c := range map[string]struct {
		p    Practice
		want string
	}{
		"all":                {cedar, ""},
		"a path":             {Practice{Private: "/private/?a=b#c"}, ""},
		"a number":           {Practice{Phone: "+44 20.7946/0000-1"}, ""},
		"nothing":            {Practice{Name: "Cedar"}, "neither"},
		"http":               {Practice{Private: "http://cedar.example/"}, "an https address"},
		"a script":           {Practice{Private: "javascript:alert(1)"}, "an https address"},
		"somebody else's":    {Practice{Private: "//cedar.example/"}, "an https address"},
		"no slash":           {Practice{Private: "private"}, "an https address"},
		"no host":            {Practice{Private: "https:///private"}, "an https address"},
		"a password":         {Practice{Private: "https://a:b@cedar.example/"}, "an https address"},
		"a quote":            {Practice{Private: `https://cedar.example/"onclick`}, "an https address"},
		"a backslash":        {Practice{Private: `/\cedar.example`}, "an https address"},
		"words for a number": {Practice{Phone: "call 555 0142"}, "digits, spaces"},
		"too few digits":     {Practice{Phone: "12"}, "digits, spaces"},
		"two lines":          {Practice{Phone: "112", Name: "Cedar\nOak"}, "one line"},
		"a long name":        {Practice{Phone: "112", Name: strings.Repeat("é", 101)}, "one line"},
	} {
		err := c.p.Validate()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
