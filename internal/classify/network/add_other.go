//go:build !amd64

package network

func set(dst []int16, src []int8)                  { setGo(dst, src) }
func add(dst []int16, src []int8)                  { addGo(dst, src) }
func pool(best, rows []int16, filters, places int) { poolGo(best, rows, filters, places) }
func sum(dst []int16, a, b []int8) {
	setGo(dst, a)
	addGo(dst, b)
}

func prefetch([]int8)                         {}
func layer(a *[lanes]float32, h, w []float32) { layerGo(a, h, w) }

func lift(h []float32, best []int16, scale, bias []float32) { liftGo(h, best, scale, bias) }

func project(one, two *untold, w []int16, scales []float32) {
	projectGo(one, w, scales)
	projectGo(two, w, scales)
}
