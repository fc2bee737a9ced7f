//! Area codes (行政区划代码), GB/T 2260 and GB/T 10114, 12 digits.
