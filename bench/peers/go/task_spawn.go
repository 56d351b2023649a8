// task_spawn.go - Go: start goroutines that end at once, a thousand at a time, and wait for the last.
//
// One processor: nothing here can run in parallel, and with more it is slower.
//
// SPDX-License-Identifier: MIT
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"
)

const batch = 1000

func main() {
	count, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	runtime.GOMAXPROCS(1)
	var all sync.WaitGroup
	ran := 0
	body := func() {
		ran++
		all.Done()
	}
	start := time.Now()
	for ran < count {
		all.Add(batch)
		for i := 0; i < batch; i++ {
			go body()
		}
		all.Wait()
	}
	spent := float64(time.Since(start).Nanoseconds())
	fmt.Printf("{\"bench\":\"task.spawn\",\"subject\":\"go\",\"unit\":\"ns\",\"value\":%.6g}\n",
		spent/float64(ran))
}
