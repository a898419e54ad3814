package sandbox

import (
	"triage/internal/sandbox/board"

	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"time"
)

// State is what GET /_sandbox/state shows: all that happened, also what the
// platform itself would no longer show.
type State struct {
	Comments []CommentState            `json:"comments"`
	Calls    map[string]map[string]int `json:"calls"`
	// Switches are the values of all switches, by platform.
	Switches map[string]map[string]string `json:"switches"`
}

// CommentState is a comment with everything that was answered to it.
type CommentState struct {
	ID       string         `json:"id"`
	Platform string         `json:"platform"`
	Text     string         `json:"text"`
	Author   string         `json:"author"`
	Hidden   bool           `json:"hidden"`
	Deleted  bool           `json:"deleted"`
	Replies  []ReplyState   `json:"replies"`
	Private  []PrivateState `json:"private"`
	Post     string         `json:"post"`
}

// ReplyState is a public answer that stands.
type ReplyState struct {
	ID   string    `json:"id"`
	Text string    `json:"text"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
	// More is what only this platform knows, such as a link that goes with it.
	More map[string]string `json:"more,omitempty"`
}

// PrivateState is a private answer.
type PrivateState struct {
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// controlRoutes are the sandbox's own paths, beside the platforms'.
func (s *Server) controlRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /_sandbox/comments", s.postComment)
	mux.HandleFunc("PATCH /_sandbox/comments/{id}", s.patchComment)
	mux.HandleFunc("DELETE /_sandbox/comments/{id}", s.deleteComment)
	mux.HandleFunc("GET /_sandbox/state", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, s.State()) })
	mux.HandleFunc("POST /_sandbox/faults", s.postFault)
	mux.HandleFunc("POST /_sandbox/switches", s.postSwitch)
	mux.HandleFunc("DELETE /_sandbox", s.deleteAll)
	mux.HandleFunc("DELETE /_sandbox/{$}", s.deleteAll)
	mux.HandleFunc("/_sandbox/", func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusNotFound, "there is no such control; see docs/sandbox.md")
	})
	return mux
}

func (s *Server) postComment(w http.ResponseWriter, r *http.Request) {
	var c Comment
	if !read(w, r, &c) {
		return
	}
	id, err := s.Add(c)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	say(w, http.StatusOK, map[string]string{"id": id})
}

func (s *Server) patchComment(w http.ResponseWriter, r *http.Request) {
	var change struct {
		Text   *string `json:"text"`
		Hidden *bool   `json:"hidden"`
		// More are facts that only this platform knows.
		More map[string]string `json:"more"`
	}
	if !read(w, r, &change) {
		return
	}
	var recs []board.Record
	id := r.PathValue("id")
	if change.Text != nil {
		recs = append(recs, board.Record{Op: board.Edit, ID: id, Text: *change.Text, At: s.now()})
	}
	if change.Hidden != nil {
		recs = append(recs, board.Record{Op: board.Hide, ID: id, Hidden: *change.Hidden})
	}
	for _, k := range slices.Sorted(maps.Keys(change.More)) {
		recs = append(recs, board.Record{Op: board.Set, ID: id, Key: k, Text: change.More[k]})
	}
	s.change(w, id, recs...)
}

func (s *Server) deleteComment(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	s.change(w, id, board.Record{Op: board.Delete, ID: id})
}

// change writes what somebody did to a comment or post that still stands.
func (s *Server) change(w http.ResponseWriter, id string, recs ...board.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := s.board.ByID[id]
	if s.board.Gone(it) {
		refuse(w, http.StatusNotFound, "there is no such comment, or it was deleted")
		return
	}
	if err := s.mayEdit(it, recs); err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	if err := s.board.Write(recs...); err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	say(w, http.StatusOK, map[string]string{"id": id})
}

// mayEdit asks the platform whether the author can do that still.
func (s *Server) mayEdit(it *board.Item, recs []board.Record) error {
	p, err := s.platform(it.Platform)
	if err != nil {
		return err
	}
	editor, strict := p.(board.Editor)
	edit := slices.ContainsFunc(recs, func(rec board.Record) bool { return rec.Op == board.Edit })
	if !strict || !edit {
		return nil
	}
	return editor.MayEdit(it)
}

func (s *Server) postFault(w http.ResponseWriter, r *http.Request) {
	var f fault
	if !read(w, r, &f) {
		return
	}
	err := f.check()
	if err == nil && f.Platform != "" {
		_, err = s.platform(f.Platform)
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	s.faults.add(&f)
	say(w, http.StatusOK, map[string]bool{"ok": true})
}

// deleteAll brings the sandbox back to its first posts.
func (s *Server) deleteAll(w http.ResponseWriter, _ *http.Request) {
	s.faults.clear()
	if err := s.seed(board.Record{Op: board.Reset}); err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	s.mu.Lock()
	s.calls = calls{}
	for _, p := range s.platforms {
		if f, ok := p.(board.Forgetter); ok {
			f.Forget()
		}
	}
	s.mu.Unlock()
	say(w, http.StatusOK, map[string]bool{"ok": true})
}

// State gives all that happened, in the order it did.
func (s *Server) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := State{Comments: []CommentState{}, Calls: map[string]map[string]int{}, Switches: s.switches()}
	for name, lines := range s.calls {
		for line, n := range lines {
			(calls)(out.Calls).add(name, line, n)
		}
	}
	at := map[string]int{}
	for _, it := range s.board.Items {
		if i, below := at[it.Parent]; below && !it.Deleted {
			out.Comments[i].Replies = append(out.Comments[i].Replies, ReplyState{it.ID, it.Text, it.Author, it.Created, it.More})
		}
		if it.Kind != "" || it.Own && it.Parent != "" {
			continue
		}
		at[it.ID] = len(out.Comments)
		out.Comments = append(out.Comments, stateOf(it))
	}
	return out
}

func stateOf(it *board.Item) CommentState {
	c := CommentState{ID: it.ID, Platform: it.Platform, Text: it.Text, Author: it.Author, Hidden: it.Hidden, Deleted: it.Deleted,
		Replies: []ReplyState{}, Private: []PrivateState{}, Post: it.Post}
	for _, m := range it.Private {
		c.Private = append(c.Private, PrivateState(m))
	}
	return c
}

// read decodes a control's request, or says what is wrong with it.
func read(w http.ResponseWriter, r *http.Request, into any) bool {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		refuse(w, http.StatusBadRequest, "the body must be one JSON object: "+err.Error())
		return false
	}
	return true
}

func refuse(w http.ResponseWriter, status int, why string) {
	say(w, status, map[string]string{"error": why})
}

func say(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
