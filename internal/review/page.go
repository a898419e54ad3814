package review

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"go.uber.org/zap"

	"triage/internal/respond"
)

//go:embed templates assets
var files embed.FS

// pageNames are the pages; each is a template of that name in the layout.
var pageNames = []string{"login", "queue", "case", "message"}

// look is what pages are made of: templates, and files under names that carry
// a hash of their content.
type look struct {
	pages  map[string]*template.Template
	assets map[string]asset
	// named finds the hashed name of a file.
	named map[string]string
}

type asset struct {
	kind string
	data []byte
}

func newLook() (*look, error) {
	l := &look{pages: map[string]*template.Template{}, assets: map[string]asset{}, named: map[string]string{}}
	names, err := fs.Glob(files, "assets/*")
	if err != nil {
		return nil, fmt.Errorf("read assets: %w", err)
	}
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read assets: %w", err)
		}
		l.add(path.Base(name), data)
	}
	funcs := template.FuncMap{"asset": func(name string) string { return "/assets/" + l.named[name] }}
	for _, name := range pageNames {
		t, err := template.New("layout.html").Funcs(funcs).ParseFS(files, "templates/layout.html", "templates/"+name+"*.html")
		if err != nil {
			return nil, fmt.Errorf("read templates: %w", err)
		}
		l.pages[name] = t
	}
	return l, nil
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

// frame is what is around every page.
type frame struct {
	Title, Practice, OnCall string
	// User is who is signed in; empty: nobody is.
	User, Role string
	Shadow     bool
	// News is the address that the page asks for what is new; empty: none.
	News string
}

func (p *pages) frame(r *http.Request, title string) frame {
	u := visitOf(r).user
	f := frame{Title: title, Practice: p.Practice}
	if u.Name != "" { // a stranger learns nothing about the practice's staff and state
		f.User, f.Role, f.OnCall, f.Shadow = u.Name, string(u.Role), p.OnCall, p.shadow()
	}
	return f
}

// render writes a page, whole or not at all.
func (p *pages) render(w http.ResponseWriter, status int, name string, page any) error {
	var buf bytes.Buffer
	if err := p.look.pages[name].Execute(&buf, page); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = buf.WriteTo(w) // a reader who left is no error
	return nil
}

// refusal is an error that is answered with a sentence of its own: what
// happened, what it means, what to do.
type refusal struct {
	status int
	title  string
	say    string
}

func (e *refusal) Error() string { return e.title }

// The refusals that need nothing but a page.
var (
	errSignIn = &refusal{http.StatusUnauthorized, "Signed out",
		"You were signed out. What you typed is still on this page: sign in again in another tab, then go on here."}
	errRole = &refusal{http.StatusForbidden, "Not yours to do",
		"Your role does not allow this. Nothing was changed. Ask an admin of the practice if it should."}
	errForeign = &refusal{http.StatusForbidden, "Refused",
		"This request came from another site and was refused. Nothing was changed. If you pressed a button on this desk, load the page again and press it once more."}
	errNowhere = &refusal{http.StatusNotFound, "No such page",
		"There is no page at this address. Go back to the queue."}
	errNoCase = &refusal{http.StatusNotFound, "No such case",
		"There is no such case. It may have been erased: then nothing more will be done about it. Go back to the queue."}
	errTooLong = &refusal{http.StatusRequestEntityTooLarge, "Too long",
		"This is far longer than any platform takes. Nothing was changed. Go back and shorten it."}
	errForm = &refusal{http.StatusBadRequest, "Not understood",
		"The form did not arrive whole. Nothing was changed. Go back, load the page again and try once more."}
	errInside = &refusal{http.StatusInternalServerError, "Something went wrong here",
		"This did not work, and the fault is ours. Look at the case before you try again: it says what was recorded. If it happens again, tell whoever looks after triage."}
)

// refusalOf finds what to say about an error.
func refusalOf(err error) *refusal {
	var own *refusal
	var size *http.MaxBytesError
	var cannot *respond.CannotError
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &size):
		return errTooLong
	case errors.As(err, &cannot):
		return &refusal{http.StatusUnprocessableEntity, "Not possible", cannot.Why}
	case errors.Is(err, respond.ErrNotFound):
		return errNoCase
	}
	return errInside
}

// fail answers an error: the reader gets a sentence, the log the cause.
func (p *pages) fail(w http.ResponseWriter, r *http.Request, err error) {
	say, v := refusalOf(err), visitOf(r)
	if say.status >= http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		p.Log.Error("a page failed", zap.String("route", r.Pattern), zap.String("case", caseID(r)),
			zap.String("user", v.user.Name), zap.Error(err))
	}
	if v.data {
		p.answer(w, say.status, struct {
			Error string `json:"error"`
		}{say.say})
		return
	}
	page := messagePage{frame: p.frame(r, say.title), Say: say.say}
	if err := p.render(w, say.status, "message", page); err != nil {
		p.Log.Error("a page failed", zap.String("route", "message"), zap.Error(err))
		http.Error(w, say.say, say.status)
	}
}

// messagePage says one thing.
type messagePage struct {
	frame
	Say string
}

// answer writes a JSON answer.
func (p *pages) answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		p.Log.Debug("an answer was not taken", zap.Error(err))
	}
}

// form reads the form of a POST.
func form(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		var size *http.MaxBytesError
		if errors.As(err, &size) {
			return err
		}
		return fmt.Errorf("%w: %T", errForm, err) // the cause may quote what was typed
	}
	return nil
}
