package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func unescape(t testing.TB, value string) string {
	t.Helper()
	out, err := url.QueryUnescape(value)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// raw gives an answer as it came.
func (b *box) raw(method, path, token string) (int, http.Header, string) {
	b.Helper()
	req, err := http.NewRequest(method, b.url+path, nil)
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(body)
}

func TestUsageClimbsToTheLimit(t *testing.T) {
	b := open(t, Options{})
	const buc = "X-Business-Use-Case-Usage"
	for _, c := range []struct {
		platform, path, token, limit, header, says string
		code                                       int
	}{
		{"facebook", "/me", PageToken, "80001", buc, `{"` + PageID + `":[{"type":"pages","call_count":%d,`, 80001},
		{"facebook", "/me", PageToken, "32", "X-Page-Usage", `{"call_count":%d,`, 32},
		{"facebook", "/me", PageToken, "4", "X-App-Usage", `{"call_count":%d,`, 4},
		{"facebook", "/me", PageToken, "341", "X-App-Usage", `{"call_count":%d,`, 341},
		{"facebook", "/me", PageToken, "613", "X-App-Usage", `{"call_count":%d,`, 613},
		{"facebook", "/me", UserToken, "80001", "X-App-Usage", `{"call_count":%d,`, 17},
		{"instagram", "/me", InstagramToken, "80002", buc, `{"` + InstagramID + `":[{"type":"instagram","call_count":%d,`, 80002},
		{"instagram", "/" + InstagramID, PageToken, "80002", buc, `{"` + InstagramID + `":[{"type":"instagram","call_count":%d,`, 80002},
		{"instagram", "/" + InstagramID, PageToken, "17", "X-App-Usage", `{"call_count":%d,`, 17},
	} {
		b.set(c.platform, "limit", c.limit)
		for _, used := range []int{76, 99, 100, 130} {
			b.set(c.platform, "used", fmt.Sprint(used))
			status, header, body := b.raw("GET", "/v26.0"+c.path, c.token)
			if got := header.Get(c.header); !strings.HasPrefix(got, fmt.Sprintf(c.says, used)) {
				t.Errorf("%s %s: %s is %q", c.platform, c.limit, c.header, got)
			}
			if refused := strings.Contains(body, fmt.Sprintf(`"code":%d,`, c.code)); refused != (used >= 100) || refused == (status == 200) {
				t.Errorf("%s %s at %d: %d %s", c.platform, c.limit, used, status, body)
			}
			minutes := map[bool]string{true: ":60}]}", false: ":0}]}"}[used >= 100]
			if c.header == buc && !strings.HasSuffix(header.Get(buc), `"estimated_time_to_regain_access"`+minutes) {
				t.Errorf("at %d: %s", used, header.Get(buc))
			}
		}
		b.set(c.platform, "used", "0")
	}
}

func TestCallsOfTheLastDayCount(t *testing.T) {
	var clock atomic.Int64
	clock.Store(time.Date(2026, 9, 1, 10, 0, 0, 0, time.UTC).Unix())
	b := open(t, Options{Calls: 4, Now: func() time.Time { return time.Unix(clock.Load(), 0) }})
	code := func() any { return at(b.get("/me", ""), "error", "code") }
	usage := func() string { _, h, _ := b.raw("GET", "/me", PageToken); return h.Get("X-Business-Use-Case-Usage") }
	for i, want := range []string{`"call_count":0,`, `"call_count":25,`, `"call_count":50,`, `"call_count":75,`} {
		if got := usage(); !strings.Contains(got, want) {
			t.Errorf("call %d: %s", i, got)
		}
		clock.Add(3600)
	}
	if got := usage(); !strings.Contains(got, `"call_count":100,`) || !strings.Contains(got, `_access":1260}`) {
		t.Errorf("the first is 4 hours ago, but this one, though refused, takes its place: %s", got)
	}
	b.want("refused", code(), 80001.0)
	clock.Add(23 * 3600)
	b.want("after a day", code(), nil)
	b.do("DELETE", "/_sandbox", "")
	for i, want := range []any{nil, nil, nil, nil, 80001.0} {
		b.want(fmt.Sprint("after the reset, ", i), code(), want)
	}
	b.set("facebook", "calls-a-day", "0")
	b.want("no limit", code(), nil)
	b.do("DELETE", "/_sandbox", "")
	b.set("facebook", "calls-a-day", "3")
	b.get("/", "ids="+PageID+","+PageID)
	b.want("each id is a call", code(), nil)
	b.want("and the next", code(), 80001.0)
}

func TestErrorsInOddShapes(t *testing.T) {
	b := open(t, Options{})
	for _, c := range []struct {
		how    string
		status int
		want   string // in the body
	}{
		{"whole", 400, `{"error":{"code":100,"error_subcode":33,`},
		{"null-title", 400, `"error_user_title":null`},
		{"text-code", 400, `"code":"100"`},
		{"text", 400, `{"error":"Unsupported get request.`},
		{"old", 400, `{"error_code":100,"error_description":`},
		{"none", 400, `{}`},
		{"html", 502, `<!DOCTYPE html>`},
	} {
		for platform, path := range map[string]string{"facebook": "/7_7", "instagram": "/17990000000000007"} {
			b.set(platform, "errors", c.how)
			status, header, body := b.raw("GET", path, PageToken)
			if status != c.status || !strings.HasPrefix(body, "{") != (c.how == "html") || !strings.Contains(body, c.want) {
				t.Errorf("%s %s: %d %s", platform, c.how, status, body)
			}
			b.want("content type", strings.HasPrefix(header.Get("Content-Type"), "text/html"), c.how == "html")
		}
	}
}

func TestBlockAndBareTrue(t *testing.T) {
	b := open(t, Options{})
	for platform, edge := range map[string]string{"facebook": "/comments", "instagram": "/replies"} {
		id := b.say(`{"platform":"` + platform + `","text":"x"}`)
		b.set(platform, "block", "368")
		for path, f := range map[string]url.Values{"/" + id + edge: form("message", "x"), "/me/messages": privately(id, "x")} {
			_, out := b.graph("POST", path, f)
			b.want(platform+" blocked", fmt.Sprint(at(out, "error", "code"), " ", at(out, "error", "error_subcode")), "368 1.390008e+06")
		}
		b.set(platform, "block", "off")
		c := b.server.State().Comments
		b.want("nothing was written", len(c[len(c)-1].Replies)+len(c[len(c)-1].Private), 0)
		b.set(platform, "answers", "true")
		_, _, body := b.raw("POST", "/"+id+"?is_hidden=true&hide=true", PageToken)
		b.want(platform+" says", body, "true")
	}
	b.set("instagram", "block", "4")
	id := b.say(`{"platform":"instagram","text":"x"}`)
	_, out := b.graph("POST", "/"+id+"/replies", form("message", "x"))
	b.want("restricted", at(out, "error", "error_subcode"), 2207051.0)
}

// The faults that the manual has ready can be posted as they are.
func TestFaultsOfTheManual(t *testing.T) {
	manual, err := os.ReadFile("../../docs/sandbox.md")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(manual)) {
		if !strings.HasPrefix(line, `{"match"`) {
			continue
		}
		n++
		b := open(t, Options{})
		id := b.say(`{"platform":"facebook","text":"x"}`)
		var f struct{ Match, Do string }
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatal(err)
		}
		if status, out := b.do("POST", "/_sandbox/faults", strings.Replace(line, "3000", "1", 1)); status != 200 {
			t.Errorf("%s: %v", line, out)
		}
		method, path, fields := "GET", "/v26.0/"+id, form("fields", "message")
		if strings.HasPrefix(f.Match, "POST") {
			method, path, fields = "POST", path+"/comments", form("message", "answer")
		}
		status, out := b.graph(method, path, fields)
		stored := len(b.server.State().Comments[0].Replies)
		answered := status == 200 && out["error"] == nil && out != nil
		b.want(line+" answered", answered, f.Do == "delay")
		b.want(line+" stored", stored == 1, f.Do == "cut-after")
	}
	if n < 5 {
		t.Errorf("the manual has %d faults", n)
	}
}
