package board

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
)

// Platform is one that is played.
type Platform interface {
	Player
	Maker
}

// Player answers requests, one at a time.
type Player interface {
	// Name is the platform's, in small letters.
	Name() string
	// Owns tells its requests from those of the platforms after it.
	Owns(r *http.Request) bool
	// Method is what the request asks for in effect.
	Method(r *http.Request) string
	// Answer answers. It does not write to the connection, so that a fault can
	// still cut it.
	Answer(r *http.Request) Reply
}

// Maker makes what people write, with ids as the platform gives them, as the item
// that is made after ahead others.
type Maker interface {
	// NewPost may give nil: there can be no other one.
	NewPost(kind string, ahead int) *Item
	NewComment(post *Item, ahead int) *Item
	// Finish completes an item before it is written, or says what is wrong with it.
	Finish(it *Item) error
	// Practice is under which name the practice writes there, and by which id.
	Practice() (name, id string)
}

// Some platforms can do more; each of these stands alone.
type (
	// Sole has one place to write, which is there from the start. Its NewPost
	// always gives nil.
	Sole interface{ Place() *Item }
	// Forgetter counts in memory what a reset forgets, such as calls.
	Forgetter interface{ Forget() }
	// Editor says why an author can no longer edit what she wrote; nil: she can.
	Editor interface{ MayEdit(it *Item) error }
)

// Reply is an answer before it is sent.
type Reply struct {
	Status int
	Header map[string]string
	Body   []byte
}

// Send sends it.
func (a Reply) Send(w http.ResponseWriter) {
	for k, v := range a.Header {
		w.Header().Set(k, v)
	}
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body)
}

// Trace makes an id like those platforms put on answers for their support.
func Trace() string {
	var b [8]byte
	_, _ = rand.Read(b[:])
	return "A" + hex.EncodeToString(b[:])
}

// First is the platform's first post that stands; nil: there is none.
func (b *Board) First(platform string) *Item {
	for _, it := range b.Items {
		if it.Platform == platform && it.Kind == PagePost && !it.Deleted {
			return it
		}
	}
	return nil
}
