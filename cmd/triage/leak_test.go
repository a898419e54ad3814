package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"triage/internal/sandbox"
)

// planted are the words that may stand nowhere but on a revealed page and on
// the platform.
var planted = map[string]string{
	"text": "zzcanaryzz", "medical word": "hysterectomy", "author": "Pat Example", "post": "zzpostzz",
	"typed reply": "zztypedzz", "staff's own reply": "zzstaffzz", "token": sandbox.PageToken,
}

// clean fails where a planted word stands in what was said at a place.
func clean(t *testing.T, place, said string) {
	t.Helper()
	for what, word := range planted {
		if i := strings.Index(said, word); i >= 0 {
			t.Errorf("%s holds the %s: …%s…", place, what, said[max(0, i-200):min(len(said), i+100)])
		}
	}
}

var pageTitle = regexp.MustCompile(`(?s)<title>.*?</title>`)

// watched is the desk's way to the page: it looks at every address and title.
type watched struct {
	t    *testing.T
	next http.RoundTripper
}

func (w watched) RoundTrip(r *http.Request) (*http.Response, error) {
	clean(w.t, "an address", r.URL.String())
	resp, err := w.next.RoundTrip(r)
	if err == nil {
		clean(w.t, "a header", fmt.Sprint(resp.Header))
	}
	return resp, err
}

// TestNothingLeavesTheRevealedPage lets everything go wrong that can while a
// comment is read, judged, decided and answered, with the log as talkative as
// it can be, and looks at every byte that comes out.
func TestNothingLeavesTheRevealedPage(t *testing.T) {
	t.Parallel()
	platform := start(t, "sandbox", "--addr", "127.0.0.1:0")
	sb := box{t, platform.value("sandbox")}
	page, own := "zzpostzz: our new opening hours", sandbox.PageName
	author := "Pat Example"
	var item struct{ ID string }
	sb.call("POST", "comments", sandbox.Comment{Platform: "facebook", Post: page, Author: &author,
		Text: "Since the hysterectomy I bleed zzcanaryzz every day, call me at 555-014-7733"}, &item)
	sb.call("POST", "comments", sandbox.Comment{Platform: "facebook", Post: page, Author: &own, Parent: item.ID,
		Text: "Glad your surgery went well, zzstaffzz"}, nil)
	for i := range 3 {
		sb.write(fmt.Sprintf("I had a hysterectomy zzcanaryzz here in May %d", i))
	}
	trouble(sb)
	file := textFile(t, "c.jsonl", `{"id":"1","text":"I had a hysterectomy zzcanaryzz here in May","author":"Pat Example"}`+"\n"+`{"id":"2","text":["zzcanaryzz"]}`+"\nnot json zzcanaryzz\n")
	d := newPractice(t, sb.url, fmt.Sprintf("[[file]]\npath = %q\n[log]\nlevel = \"debug\"\n", file))
	p := start(t, "run", "--config", d.config)
	k := d.signIn(t, p.value("page"))
	k.http.Transport = watched{t, http.DefaultTransport}
	eventually(t, 30*time.Second, "the cases", func() bool { return len(k.waiting()) >= 6 })

	revealed := 0
	for _, id := range k.waiting() {
		_, masked := k.get("/cases/" + id)
		clean(t, "a case before it is revealed", masked)
		_, shown := k.post("/cases/"+id+"/reveal", nil)
		revealed += strings.Count(shown, "zzcanaryzz")
		clean(t, "the title of a revealed page", pageTitle.FindString(shown))
		_, refused := k.post("/cases/"+id+"/approve", url.Values{"step": {"1"}, "reply": {"zztypedzz: your surgery is healing"}})
		clean(t, "the title of a refusal", pageTitle.FindString(refused))
		k.post("/cases/"+id+"/cover", nil)
	}
	if revealed == 0 {
		t.Error("no page showed the comment: the test shows nothing")
	}
	answered := false
	for _, id := range k.waiting() {
		_, body := k.get("/cases/" + id)
		if step := stepField.FindStringSubmatch(body); step != nil {
			k.post("/cases/"+id+"/approve", url.Values{"step": {step[1]}, "reply": {"Thank you zztypedzz for writing. Please call our office at (503) 555-0142."}})
			answered = true
		}
	}
	eventually(t, 30*time.Second, "a typed reply on the platform", func() bool {
		return strings.Contains(fmt.Sprint(sb.state().Comments), "zztypedzz")
	})
	eventually(t, 30*time.Second, "trouble in the log", func() bool { return strings.Contains(p.output(), "sweep failed") })
	if !answered || !strings.Contains(p.output(), "line passed over") {
		t.Errorf("answered %v; too little went wrong:\n%.1000s", answered, p.output())
	}
	for _, path := range []string{"/metrics", "/readyz", "/healthz", "/", "/?state=answered", "/news?since=0", "/cases/zz", "/no/such/page", "/login"} {
		_, body := k.get(path)
		clean(t, path, body)
	}
	anonymous(t, k.base)
	if code := p.stop(); code != 0 {
		t.Errorf("it stopped with %d", code)
	}
	clean(t, "what the service wrote", p.output())
	clean(t, "what the sandbox wrote", strings.ReplaceAll(platform.output(), "facebook.token="+sandbox.PageToken, ""))
	noPanic(t, p.output())
	noneInFiles(t, d.data)
}

// trouble lets the next calls fail in all ways, with the words in the answers.
func trouble(sb box) {
	for _, f := range []map[string]any{
		{"match": "GET /v", "do": "body", "body": `{"data":[{"id":"zzcanaryzz","message":"zzcanaryzz`},
		{"match": "GET /v", "do": "status", "status": 400, "body": map[string]any{"error": map[string]any{"message": "zzcanaryzz hysterectomy " + sandbox.PageToken, "code": 1}}},
		{"match": "POST /", "do": "status", "status": 500, "body": "<html>zzcanaryzz zztypedzz</html>"},
		{"match": "POST /", "do": "cut-after"},
		{"match": "POST /", "do": "cut-before"},
	} {
		sb.call("POST", "faults", f, nil)
	}
}

// anonymous asks without a sign-in.
func anonymous(t *testing.T, base string) {
	t.Helper()
	for _, path := range []string{"/", "/metrics", "/readyz", "/cases/zzz", "/assets/"} {
		resp, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		clean(t, path+" for anybody", string(body)+fmt.Sprint(resp.Header))
	}
}

// noneInFiles looks for every planted word in every byte that was stored.
func noneInFiles(t *testing.T, dirs ...string) {
	t.Helper()
	files := eachFile(t, func(path, bytes string) { clean(t, path, path+bytes) }, dirs...)
	if files < 10 {
		t.Errorf("only %d files were looked at", files)
	}
}

// eachFile gives the bytes of every file below these directories and counts
// them. What vanishes meanwhile is passed over.
func eachFile(t *testing.T, look func(path, bytes string), dirs ...string) (files int) {
	t.Helper()
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				var raw []byte
				raw, err = os.ReadFile(path)
				files++
				look(path, string(raw))
			}
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// kept is where what the service keeps is on this machine: its data directory,
// and that of the NATS servers.
func (d practiceDir) kept(t *testing.T) []string {
	t.Helper()
	cfg, err := loadConfig(d.config)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.NATS.URL == "" {
		return []string{d.data}
	}
	return []string{d.data, filepath.Dir(cfg.NATS.CAFile)}
}
