package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"triage/internal/bus"
	"triage/internal/control"
	"triage/internal/sandbox"
)

// TestErasedWordsAreInNoByte goes through everything that touches words (judged,
// revealed, answered, erased by comment and by author, backed up, put under a
// new key, exported) and then looks for them in every byte that is left: the
// store as it lies on the disk and as the engine opens it, backups, exports,
// logs, and what commands answer.
func TestErasedWordsAreInNoByte(t *testing.T) {
	t.Parallel()
	elsewhere := t.TempDir()
	sb := platformIn(t, elsewhere)
	d := newPractice(t, sb.url, "[log]\nlevel = \"debug\"\n")
	d.hideToken(t)
	out := t.TempDir()
	var said strings.Builder // by commands
	does := func(args ...string) string {
		s := d.does(t, args...)
		said.WriteString(s)
		return s
	}
	p, page := d.run(t)
	login := does("user", "add", "dana", "--role", "officer", "--as", "admin")
	page = signInAs(t, page.base, login)
	does("settings", "set", "posting.daily_cap", "900", "--as", "dana")

	one, two := "Pat Example", "Other zzauthorzz"
	write := func(author, text string) (item string) {
		var made struct{ ID string }
		sb.call("POST", "comments", sandbox.Comment{Platform: "facebook", Author: &author, Text: text}, &made)
		return made.ID
	}
	kept := write(one, "Since the hysterectomy I bleed zzcanaryzz every day")
	byComment := write(one, "I had a hysterectomy zzcanaryzz here in May")
	byAuthor := []string{write(two, "My knee surgery zzcanaryzz was here"), write(two, "My rash zzcanaryzz is back since the surgery")}
	eventually(t, 30*time.Second, "the cases", func() bool { return len(page.waiting()) == 4 })
	names := d.names(t)
	id := func(item string) string { return names.ID("facebook", "facebook", item) }
	for _, item := range append(byAuthor, kept, byComment) {
		if _, shown := page.post("/cases/"+id(item)+"/reveal", nil); !strings.Contains(shown, "zzcanaryzz") {
			t.Error("a revealed case does not show the comment: the test shows nothing")
		}
	}
	page.reply(id(kept), "Thank you zztypedzz for writing. Please call our office at (503) 555-0142.")
	page.reply(id(byComment), "zztypedzz: your surgery is healing") // refused, and nowhere
	eventually(t, 30*time.Second, "the reply", func() bool { n, _ := replies(sb); return n == 1 })

	does("backup", filepath.Join(out, "before"), "--as", "admin")
	does("erase", "--comment", id(byComment), "--as", "dana")
	if got := does("erase", "--author", "facebook/"+sb.authorID(byAuthor[0]), "--as", "dana"); !strings.Contains(got, "erased=2") {
		t.Errorf("erase by author: %s", got)
	}
	for _, item := range append(byAuthor, byComment) {
		if _, body := page.post("/cases/"+id(item)+"/reveal", nil); !strings.Contains(body, "The words were erased") || strings.Contains(body, "zzcanaryzz") || strings.Contains(body, "zzauthorzz") || strings.Contains(body, "zztypedzz") {
			t.Errorf("the case of an erased comment says:\n%s", body)
		}
	}
	said.WriteString(d.asks(t))
	p.stop()
	logs := p.output()
	does("key", "rotate")
	p, _ = d.run(t)
	does("backup", filepath.Join(out, "after"), "--as", "admin")
	does("audit", "export", filepath.Join(out, "audit.jsonl"), "--as", "dana")
	does("audit", "export", filepath.Join(out, "audit.csv"), "--format", "csv", "--as", "dana")
	says(t, does("audit", "verify"), "none changed or missing")
	p.stop()

	logs += p.output()
	password := strings.Fields(strings.TrimPrefix(login, "login="))[1]
	spotless := func(place, text string) {
		t.Helper()
		clean(t, place, text)
		for _, secret := range []string{"zzauthorzz", password} {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %q", place, secret)
			}
		}
	}
	spotless("the log", logs)
	spotless("what commands said", strings.ReplaceAll(said.String(), login, ""))
	files := eachFile(t, func(path, bytes string) { spotless(path, path+bytes) }, d.data, out)
	if err := os.WriteFile(filepath.Join(d.data, "store", "scratch"), []byte("…zzcanaryzz…"), 0o600); err != nil {
		t.Fatal(err)
	}
	for place, dir := range map[string]string{"the platform's": elsewhere, "a scratch": d.data} {
		found := 0
		eachFile(t, func(_, bytes string) { found += strings.Count(bytes, "zzcanaryzz") }, dir)
		if found == 0 || files < 40 {
			t.Errorf("%d files, the word is not found in %s file: the scan is blind", files, place)
		}
	}
	if err := os.Remove(filepath.Join(d.data, "store", "scratch")); err != nil {
		t.Fatal(err)
	}
	d.opened(t, id(kept), kept)
	t.Logf("%d files, %d bytes of logs, %d of answers", files, len(logs), said.Len())
}

// opened looks for the words in everything that the engine hands out, as whoever
// has the key to the store but not to the texts could.
func (d practiceDir) opened(t *testing.T, keptID, item string) {
	t.Helper()
	st := openStopped(t, d)
	streams, err := st.bus.Streams(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	messages, texts := 0, 0
	for _, stream := range streams {
		err := st.bus.Dump(t.Context(), stream, func(m bus.Message) error {
			messages++
			if stream == "texts" {
				texts++
			}
			clean(t, "stream "+stream, fmt.Sprintf("%s %v %s", m.Subject, m.Header, m.Data))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if content, err := st.Said(t.Context(), keptID); err != nil || content.Item != item || !strings.Contains(content.Text, "zzcanaryzz") {
		t.Errorf("the comment that was not erased cannot be opened: %v", err)
	}
	if messages < 30 || texts == 0 {
		t.Errorf("%d messages, %d texts: too few to show anything", messages, texts)
	}
}

// hideToken puts the token into a file of its own, beside the data.
func (d practiceDir) hideToken(t *testing.T) {
	t.Helper()
	path := filepath.Join(d.dir, "token")
	if err := os.WriteFile(path, []byte(sandbox.PageToken), 0o600); err != nil {
		t.Fatal(err)
	}
	d.edit(t, fmt.Sprintf("token = %q", sandbox.PageToken), fmt.Sprintf("token_file = %q", path))
}

// asks asks the service over its socket whatever can be asked, and returns all
// that it answers.
func (d practiceDir) asks(t *testing.T) string {
	t.Helper()
	client, ok := control.Dial(filepath.Join(d.data, "triage.sock"))
	if !ok {
		t.Fatal("nobody answers on the socket")
	}
	var all strings.Builder
	for _, ask := range []string{"GET /users", "GET /settings", "GET /audit/export?format=csv", "GET /backup/data", "GET /backup/keys",
		"POST /users", "POST /erase", "POST /settings", "GET /nothing"} {
		method, path, _ := strings.Cut(ask, " ")
		req, err := http.NewRequest(method, "http://triage"+path, strings.NewReader(`{"comment":"zz"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set(control.As, "admin")
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		_, _ = fmt.Fprintf(&all, "%s: %d %v %s %v\n", ask, resp.StatusCode, resp.Header, body, resp.Trailer)
	}
	return all.String()
}

// authorID is the platform's id of a comment's author.
func (b box) authorID(item string) string {
	b.t.Helper()
	resp, err := http.Get(b.url + "/v26.0/" + item + "?" + url.Values{"fields": {"from"}, "access_token": {sandbox.PageToken}}.Encode())
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var said struct{ From struct{ ID string } }
	if err := json.NewDecoder(resp.Body).Decode(&said); err != nil || said.From.ID == "" {
		b.t.Fatalf("the author of %s: HTTP %d, %v", item, resp.StatusCode, err)
	}
	return said.From.ID
}
