package google

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"triage/internal/sandbox/board"
)

const maxPage = 50

// reviews routes what stands below /v4/.
func (c *call) reviews() (any, *failure) {
	if c.r.Method == http.MethodPost && len(c.path) == 3 && c.path[2] == "locations:batchGetReviews" {
		return c.batch()
	}
	if len(c.path) < 5 || c.path[0] != "accounts" || c.path[2] != "locations" || c.path[4] != "reviews" {
		return nil, &failure{Code: http.StatusNotFound, Message: "Method not found.", Status: "NOT_FOUND"}
	}
	if err := c.located(c.path[1], c.path[3]); err != nil {
		return nil, err
	}
	get := c.r.Method == http.MethodGet
	switch {
	case get && len(c.path) == 5:
		return c.list()
	case get && len(c.path) == 6:
		return c.one()
	case len(c.path) == 7 && c.path[6] == "reply" && c.r.Method == http.MethodPut:
		return c.answer()
	case len(c.path) == 7 && c.path[6] == "reply" && c.r.Method == http.MethodDelete:
		return c.takeBack()
	}
	return nil, &failure{Code: http.StatusNotFound, Message: "Method not found.", Status: "NOT_FOUND"}
}

// located refuses a location that is not the caller's, or not verified.
func (c *call) located(account, location string) *failure {
	switch {
	case c.person || account != c.opt.Account || c.on("location") == "forbidden":
		return denied(noPermission)
	case location != c.opt.Location || c.on("location") == "missing":
		return notFound()
	case c.on("location") == "unverified":
		return &failure{Code: http.StatusBadRequest, Message: "Precondition check failed.", Status: "FAILED_PRECONDITION"}
	}
	return nil
}

// page is what of a list is asked for.
type page struct {
	Size  int    `json:"pageSize"`
	Token string `json:"pageToken"`
	Order string `json:"orderBy"`
}

// list is GET .../reviews.
func (c *call) list() (any, *failure) {
	if err := c.knows("pageSize pageToken orderBy"); err != nil {
		return nil, err
	}
	pg := page{Token: c.query.Get("pageToken"), Order: c.query.Get("orderBy")}
	if size := c.query.Get("pageSize"); size != "" {
		n, err := strconv.Atoi(size)
		if err != nil {
			return nil, invalid("Invalid value at 'page_size' (TYPE_INT32), \"" + size + "\"")
		}
		pg.Size = n
	}
	all := c.standing(false)
	some, next, err := c.cut(all, pg)
	if err != nil || len(all) == 0 {
		return object{}, err
	}
	out, stars := []object{}, 0
	for _, it := range some {
		out = append(out, c.render(it))
	}
	for _, it := range all {
		stars += rating(it)
	}
	return with(object{"reviews": out, "averageRating": float64(stars*10/len(all)) / 10, "totalReviewCount": len(all)}, next), nil
}

func with(out object, next string) object {
	if next != "" {
		out["nextPageToken"] = next
	}
	return out
}

// batch is POST .../locations:batchGetReviews.
func (c *call) batch() (any, *failure) {
	var ask struct {
		page
		Locations  []string `json:"locationNames"`
		WithoutOne bool     `json:"ignoreRatingOnlyReviews"`
	}
	if err := c.body(&ask); err != nil {
		return nil, err
	}
	if len(ask.Locations) == 0 {
		return nil, invalid("location_names is required")
	}
	var all []*board.Item
	for _, name := range ask.Locations {
		parts := strings.Split(name, "/")
		if len(parts) != 4 || parts[0] != "accounts" || parts[2] != "locations" {
			return nil, invalid("Invalid location name: " + name)
		}
		if err := c.located(parts[1], parts[3]); err != nil {
			return nil, err
		}
		all = c.standing(ask.WithoutOne)
	}
	some, next, err := c.cut(all, ask.page)
	if err != nil || len(some) == 0 {
		return object{}, err
	}
	out := []object{}
	for _, it := range some {
		out = append(out, object{"name": c.place(), "review": c.render(it)})
	}
	return with(object{"locationReviews": out}, next), nil
}

// standing are the reviews that were not deleted.
func (c *call) standing(withText bool) []*board.Item {
	var out []*board.Item
	for _, it := range c.board.Items {
		if it.Platform == c.Name() && it.Kind == "" && !it.Own && !it.Deleted && (it.Text != "" || !withText) {
			out = append(out, it)
		}
	}
	return out
}

// cut sorts and gives one page. A token counts reviews, so that pages shift when
// one is added meanwhile.
func (c *call) cut(all []*board.Item, pg page) ([]*board.Item, string, *failure) {
	if pg.Order == "" {
		pg.Order = "updateTime desc"
	}
	less, ok := orders[pg.Order]
	if !ok {
		return nil, "", invalid("Invalid order_by: " + pg.Order)
	}
	all = slices.Clone(all)
	slices.Reverse(all)
	slices.SortStableFunc(all, less)
	if pg.Size < 0 {
		return nil, "", invalid("page_size must not be negative")
	}
	if pg.Size == 0 || pg.Size > maxPage {
		pg.Size = maxPage
	}
	from, err := offset(pg)
	if err != nil {
		return nil, "", err
	}
	from = min(from, len(all))
	to := min(from+pg.Size, len(all))
	next := ""
	if to < len(all) {
		next = base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s|%d", pg.Order, to))
	}
	return all[from:to], next, nil
}

var orders = map[string]func(a, b *board.Item) int{
	"updateTime desc": func(a, b *board.Item) int { return updated(b).Compare(updated(a)) },
	"rating":          func(a, b *board.Item) int { return rating(a) - rating(b) },
	"rating desc":     func(a, b *board.Item) int { return rating(b) - rating(a) },
}

func offset(pg page) (int, *failure) {
	if pg.Token == "" {
		return 0, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(pg.Token)
	order, number, ok := strings.Cut(string(raw), "|")
	n, wrong := strconv.Atoi(number)
	if err != nil || !ok || wrong != nil || order != pg.Order {
		return 0, invalid("Invalid page token")
	}
	return n, nil
}

// find gives the review of the path, if it stands.
func (c *call) find() (*board.Item, *failure) {
	it := c.board.ByID[c.path[5]]
	if it == nil || it.Platform != c.Name() || it.Own || it.Kind != "" || it.Deleted {
		return nil, notFound()
	}
	return it, nil
}

// one is GET .../reviews/{id}.
func (c *call) one() (any, *failure) {
	if err := c.knows(""); err != nil {
		return nil, err
	}
	it, err := c.find()
	if err != nil {
		return nil, err
	}
	return c.render(it), nil
}

// body decodes a request as Google does: an unknown name is refused.
func (c *call) body(into any) *failure {
	d := json.NewDecoder(c.r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return invalid("Invalid JSON payload received. " + strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

// rating is how many stars a review gives.
func rating(it *board.Item) int {
	if n, err := strconv.Atoi(it.More[moreStars]); err == nil {
		return n
	}
	return 5
}

// updated is when it was written last, with the fraction of a second that Google
// has: it tells edits within one second apart.
func updated(it *board.Item) time.Time {
	if len(it.Versions) == 0 {
		return it.Created
	}
	last := it.Versions[len(it.Versions)-1]
	fraction := time.Duration(last.Number%999+1) * time.Millisecond
	return last.Until.Add(fraction + []time.Duration{0, 456 * time.Microsecond, 456789 * time.Nanosecond}[last.Number%3])
}

// stamp writes a time with 0, 3, 6 or 9 decimals, as many as it needs.
func stamp(t time.Time) string {
	layout := "2006-01-02T15:04:05"
	switch n := t.Nanosecond(); {
	case n == 0:
	case n%1_000_000 == 0:
		layout += ".000"
	case n%1_000 == 0:
		layout += ".000000"
	default:
		layout += ".000000000"
	}
	return t.Format(layout) + "Z"
}
