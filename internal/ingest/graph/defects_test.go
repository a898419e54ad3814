package graph

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	fb "github.com/huandu/facebook/v2"
)

// defect is one of the library's, by its number. Alone and ours do the same
// thing, by the library as its manual shows it and by this package, and tell
// what is wrong with what came of it; "" is nothing. The library's own answer
// fails each of them.
type defect struct {
	number      int
	what        string
	answer      func(http.ResponseWriter, *http.Request)
	alone, ours func(*rig) string
}

func body(status int, text string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}
}

func noError(err error) string {
	if err == nil {
		return "a failure is taken for success"
	}
	return ""
}

func readAlone(r *rig) string { _, err := r.alone().Get("1_1", nil); return noError(err) }
func readOurs(r *rig) string  { _, err := r.Read(r.Context(), "1_1", nil); return noError(err) }

var defects = []defect{
	{1, "error_user_title null", body(400, `{"error":{"message":"x","code":190,"error_subcode":463,"error_user_title":null}}`), readAlone, readOurs},
	{1, "code as text", body(400, `{"error":{"message":"x","code":"190"}}`), readAlone, readOurs},
	{1, "is_transient as text", body(400, `{"error":{"message":"x","code":100,"is_transient":"true"}}`), readAlone, readOurs},
	{1, "error as text", body(400, `{"error":"invalid_token"}`), readAlone, readOurs},
	{1, "error_code", body(400, `{"error_code":190,"error_description":"x"}`), readAlone, readOurs},
	{1, "500 without an error", body(500, `{"status":"down"}`), readAlone, readOurs},
	{1, "403 without an error", body(403, `{}`), readAlone, readOurs},
	{2, "the body is true", body(200, `true`), readAlone, readOurs},
	{3, "no code becomes -1", body(400, `{"error":{"message":"x"}}`), func(r *rig) string {
		_, err := r.alone().Get("1_1", nil)
		var e *fb.Error
		return is(errors.As(err, &e) && e.Code != 0, "a code was made up")
	}, func(r *rig) string {
		_, err := r.Read(r.Context(), "1_1", nil)
		return is(CodeOf(err) != "" || r.Write(r.Context(), hello).Code != "http 400", "a code was made up")
	}},
	{4, "garbage after the answer", body(200, `{"id":"1_1"} garbage`), readAlone, readOurs},
	{4, "HTML", body(502, `<html>502</html>`), func(r *rig) string {
		_, err := r.alone().Get("1_1", nil)
		var e *fb.Error
		return is(!errors.As(err, &e), "nothing tells that the platform is in trouble")
	}, func(r *rig) string {
		_, err := r.Read(r.Context(), "1_1", nil)
		return is(KindOf(err) == "", "nothing tells that the platform is in trouble")
	}},
	{5, "an empty page with a next one", threePages, pagesAlone, func(r *rig) string {
		n := 0
		err := r.Walk(r.Context(), List{Path: "1/comments"}, func(p Page) (bool, error) { n += len(p.Data); return false, nil })
		return is(err != nil || n != 2, "the last page is lost")
	}},
	{6, "the next page's address leads away", nil, func(r *rig) string { return r.ledAway(pagesAlone) }, func(r *rig) string {
		return r.ledAway(func(r *rig) string {
			_ = r.Walk(r.Context(), List{Path: "1/comments"}, func(Page) (bool, error) { return false, nil })
			return ""
		})
	}},
	{7, "the first tenant's token is sent for the second", body(200, `{"id":"1"}`), func(r *rig) string {
		p, first, second := fb.Params{}, r.alone(), r.alone()
		second.SetAccessToken("second")
		_, _ = first.Get("1", p)
		_, _ = second.Get("1", p)
		return is(r.form.Get("access_token") != "second", "the second tenant speaks as the first")
	}, func(r *rig) string {
		p := Params{}
		_, _ = r.Read(r.Context(), "1", p)
		r.tokens.set("second")
		_, _ = r.Read(r.Context(), "1", p)
		return is(!strings.HasSuffix(r.requests()[1], " second") || len(p) != 0, "the second tenant speaks as the first")
	}},
	{8, "Meta's times", body(200, `{"created_time":"2026-09-01T10:22:31+0000"}`), func(r *rig) string {
		var into struct{ CreatedTime time.Time }
		res, _ := r.alone().Get("1", nil)
		return is(res.Decode(&into) != nil, "the time cannot be read")
	}, func(r *rig) string {
		o, _ := r.Read(r.Context(), "1", nil)
		return is(o.Time("created_time").Unix() != 1788258151, "the time cannot be read")
	}},
	{8, "null", body(200, `{"message":null,"id":"1"}`), func(r *rig) string {
		var into struct{ Message, Id string }
		res, _ := r.alone().Get("1", nil)
		return is(res.Decode(&into) != nil, "the object cannot be read")
	}, func(r *rig) string {
		o, _ := r.Read(r.Context(), "1", nil)
		return is(o.Text("message") != "" || o.Text("id") != "1", "the object cannot be read")
	}},
	{9, "the token in an error", body(200, `{}`), func(r *rig) string {
		err := r.alone().Validate()
		return is(err != nil && strings.Contains(err.Error(), "token token"), "the error holds the token")
	}, func(r *rig) string {
		said := ""
		for _, b := range []string{`{}`, `[]`, `{"data":{"error":{"message":"token token"}}}`} {
			r.says(200, b)
			_, read := r.Read(r.Context(), "me", nil)
			_, permit := r.Permit(r.Context(), nil, nil)
			walk := r.Walk(r.Context(), List{Path: "me"}, func(Page) (bool, error) { return true, nil })
			said += fmt.Sprint(read, permit, walk, r.Write(r.Context(), hello))
		}
		return is(strings.Contains(said, "token token"), "the error holds the token")
	}},
	{9, "redirects are followed", nil, func(r *rig) string {
		return r.redirected(func() { _, _ = r.alone().Post("1/comments", fb.Params{"message": "hi"}) })
	}, func(r *rig) string {
		return r.redirected(func() { r.Write(r.Context(), hello); _, _ = r.Read(r.Context(), "1", nil) })
	}},
	{10, "a session changes under a call", body(200, `{"id":"1"}`), func(r *rig) string {
		s := fb.New("", "secret").Session("token")
		s.BaseURL = r.url + "/"
		s.UseAuthorizationHeader()
		_ = s.EnableAppsecretProof(true)
		_, _ = s.Post("1", fb.Params{"x": meanwhile(func() { s.SetAccessToken("other") })})
		return r.proofFits()
	}, func(r *rig) string {
		r.opt.AppSecret = "secret"
		r.Write(r.Context(), Order{Path: "1", Params: Params{"x": meanwhile(func() { r.tokens.set("other") })}})
		return r.proofFits()
	}},
}

func is(wrong bool, what string) string {
	if wrong {
		return what
	}
	return ""
}

// Each of the ten: the library alone fails, and ours does not. One that the
// library alone no longer fails can go.
func TestTheTenDefectsOfTheLibrary(t *testing.T) {
	var held []int
	for _, d := range defects {
		t.Run(fmt.Sprintf("%d/%s", d.number, d.what), func(t *testing.T) {
			for name, by := range map[string]func(*rig) string{"alone": d.alone, "ours": d.ours} {
				r := start(t)
				r.answer = d.answer
				switch problem := by(r); {
				case name == "alone" && problem == "":
					t.Error("the library alone does it right by now")
				case name == "ours" && problem != "":
					t.Error(problem)
				}
			}
		})
		held = append(held, d.number)
	}
	if held = slices.Compact(held); !slices.Equal(held, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}) {
		t.Errorf("the table holds %v", held)
	}
}

// threePages is a list whose second page is empty.
func threePages(w http.ResponseWriter, req *http.Request) {
	next := `,"paging":{"cursors":{"after":"%s"},"next":"http://` + req.Host + req.URL.Path + `?after=%[1]s"}}`
	switch req.FormValue("after") {
	case "":
		_, _ = fmt.Fprintf(w, `{"data":[{"id":"1"}]`+next, "A")
	case "A":
		_, _ = fmt.Fprintf(w, `{"data":[]`+next, "B")
	default:
		_, _ = io.WriteString(w, `{"data":[{"id":"2"}]}`)
	}
}

func pagesAlone(r *rig) string {
	s := r.alone()
	res, err := s.Get("1/comments", nil)
	if err != nil {
		return err.Error()
	}
	pages, err := res.Paging(s)
	if err != nil {
		return err.Error()
	}
	n := len(pages.Data())
	for {
		if no, err := pages.Next(); no || err != nil {
			break
		}
		n += len(pages.Data())
	}
	return is(n != 2, "the last page is lost")
}

// ledAway has a list read whose next page is said to be at another host.
func (r *rig) ledAway(read func(*rig) string) string {
	seen := 0
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { seen++ }))
	defer thief.Close()
	r.answer = func(w http.ResponseWriter, req *http.Request) {
		if req.FormValue("after") != "" {
			threePages(w, req)
			return
		}
		_, _ = io.WriteString(w, `{"data":[{"id":"1"}],"paging":{"cursors":{"after":"A"},"next":"`+thief.URL+`/?access_token=token&after=A"}}`)
	}
	read(r)
	return is(seen > 0, "the token was taken to another host")
}

func (r *rig) redirected(call func()) string {
	seen := 0
	away := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { seen++ }))
	defer away.Close()
	r.says(http.StatusTemporaryRedirect, "", "Location", away.URL)
	call()
	return is(seen > 0, "a redirect was followed to another host")
}

// meanwhile does something while a request is being built.
type meanwhile func()

func (f meanwhile) MarshalJSON() ([]byte, error) { f(); return []byte(`"x"`), nil }

// proofFits looks whether the last request's proof is that of its token.
func (r *rig) proofFits() string {
	mac := hmac.New(sha256.New, []byte("secret"))
	_, token, _ := strings.Cut(strings.TrimPrefix(r.requests()[0], "POST "), " ")
	mac.Write([]byte(token))
	return is(r.form.Get("appsecret_proof") != hex.EncodeToString(mac.Sum(nil)), "the proof is another token's")
}

// Nothing is shared between calls, so they may be made at once.
func TestCallsAtOnce(t *testing.T) {
	r := start(t)
	r.says(200, `{"id":"1"}`)
	shared, done := Params{"fields": "id"}, make(chan error)
	for i := range 16 {
		go func() {
			if i%2 == 0 {
				r.Write(context.Background(), Order{Path: "1", Params: shared, Made: "id"})
				r.tokens.set(fmt.Sprint("token", i))
			}
			_, err := r.Read(context.Background(), "1", shared)
			done <- err
		}()
	}
	for range 16 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if len(shared) != 1 || r.Meter().Calls != 24 {
		t.Errorf("the parameters became %v after %d calls", shared, r.Meter().Calls)
	}
}
