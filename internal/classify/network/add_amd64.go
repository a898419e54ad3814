package network

import "golang.org/x/sys/cpu"

var fast = cpu.X86.HasAVX2

//go:noescape
func setAVX2(dst *int16, src *int8, n int)

//go:noescape
func addAVX2(dst *int16, src *int8, n int)

//go:noescape
func poolAVX2(best, rows *int16, filters, columns, places int)

// set writes a row of the table; its length is a multiple of 32.
func set(dst []int16, src []int8) {
	if fast {
		setAVX2(&dst[0], &src[0], len(src))
		return
	}
	setGo(dst, src)
}

// add adds a row of the table.
func add(dst []int16, src []int8) {
	if fast {
		addAVX2(&dst[0], &src[0], len(src))
		return
	}
	addGo(dst, src)
}

// pool raises best (filters times widths) to the greatest answers at places;
// rows holds one for each place and four more.
func pool(best, rows []int16, filters, places int) {
	if fast {
		_ = rows[(places+extra)*filters*offsets-1]
		poolAVX2(&best[0], &rows[0], filters, filters*offsets, places)
		return
	}
	poolGo(best, rows, filters, places)
}

//go:noescape
func projectAVX2(dst, w, vector *int16, pairs, blocks int, scales *float32, scale float32)

// project writes the answers to a vector, an even number of whole steps of the
// given scale: w has, for each block of columns, the numbers of every column
// for two of the vector's side by side.
func project(dst, w, vector []int16, scales []float32, scale float32) {
	if fast {
		_, _ = w[len(dst)*len(vector)-1], scales[len(dst)-1]
		projectAVX2(&dst[0], &w[0], &vector[0], len(vector)/2, len(dst)/block, &scales[0], scale)
		return
	}
	projectGo(dst, w, vector, scales, scale)
}

//go:noescape
func layerAVX2(a, h, w *float32, n int)

// layer adds to a what a linear layer makes of h; w has a row of lanes for each
// of it.
func layer(a *[lanes]float32, h, w []float32) {
	if fast {
		_ = w[len(h)*lanes-1]
		layerAVX2(&a[0], &h[0], &w[0], len(h))
		return
	}
	layerGo(a, h, w)
}
