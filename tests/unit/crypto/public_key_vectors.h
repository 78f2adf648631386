/* Keys, signatures and ciphertexts that public_key_test.c knows the answers of, made with Python's
 * integers. */
#ifndef WALSEAL_TESTS_PUBLIC_KEY_VECTORS_H
#define WALSEAL_TESTS_PUBLIC_KEY_VECTORS_H

#include "crypto/public_key.h"

#define RSA_N                                                                                      \
    "d932ea8d318c99b19354b4b6bb771927fe6ca0f4242b83e6e1b899c0d5200c53d9fb8829e278f17e"             \
    "00df6b84b2c3ba71f585e4eea6a583c0aac4d864edb3cf2ab9f480f49a24f1ccba8576b6387e74c7"             \
    "2c55342d740be0fd15f691093440f42beb82973b8656228f3abd49e00d86ae01679c3b8de6e8628f"             \
    "69ea6ed809ec2cb1"
#define RSA_E "010001"
#define RSA_D                                                                                      \
    "5225cac67a2e16572e4504507498b800035f6c84ca45570ef4e24fecb9eef41aa6c056a098d26b6b"             \
    "dfc2a0b4c0b3fc896b7627bf0772646173751def1664427ed1154bb777572d1075c87dc00dc78fdb"             \
    "8a10eb2e88234e5f795111b52df7bdde2999ad0818d8824aac92f4a4cbf07a5c666d2d8c1e98969b"             \
    "2c2aa94d3f342cc1"
#define RSA_D_LCM                                                                                  \
    "b2b2d187995cb49705408bee4c0e9103f6b0293cb50598603d16446a02ef7b35020390e3e510dc9f"             \
    "6ed862fdaa969eaf63f1e588f452f9336b4cc93d40d4cf7c33bea8bca82e9d6a75c2b7ec1f417a0b"             \
    "c21339bc31b82ecc9c1f0eebb71ac41377d0d253d0f515d9cf3c44f359e9a83c4adfa364a1f22b7e"             \
    "d9c2fa3d249da9"
#define RSA_P                                                                                      \
    "eb9737554b85dcaf4275a712f289f6b2d4a65de67abd75d091aed664da1d37f64419a3f8d0c29df0"             \
    "e77b395d39d9e0ad4ef4c9cafe562ea1ab2aa8d427044319"
#define RSA_Q                                                                                      \
    "ec03d178077719400488878d96de57bb06dc9664d974daaab7ba88e8feccb3f0170ea808a82a0c11"             \
    "768d7a2de770a0c8fda14caba355d2c3f092b5268813c159"
#define RSA_U                                                                                      \
    "9f512b4f4056effdc48eef42a40486967ba856460d8e236ed826350f08bf912769cbc191b4c815e1"             \
    "208b936fb341cd55b1eb6c1cadd0dfef2408f7fdb48f6bb7"
#define RSA_U_SWAPPED                                                                              \
    "4c8f5b4a2b044d2ef69f63afa8735f49693c9403afa91d466d32e91a437d07696e5ca0f748eb704a"             \
    "bb5f9e8c4331a048ba069d8c19e5b6d56a4aa1996f85940b"
#define RSA_PLAIN                                                                                  \
    "000253f32766a70d13d38a195e960fe982370a17706c123e188e6d10d49120f33aa2a196f3109496"             \
    "660dfa390c8fdc234b6c258b1f934f90d1af2f1b9593a43160198db71191109f3580af896ec75178"             \
    "96ed755d4d40cc2fb3c83f1500000102030405060708090a0b0c0d0e0f101112131415161718191a"             \
    "1b1c1d1e1f202122"
#define RSA_CIPHER                                                                                 \
    "90c15ff524f11fa8757c50b0f183f81fcda9cd6943b8db4358ef74ca5c04e706ddc229e81563d04a"             \
    "1c66f4d1fcc3968ae375083fd55005c0161b7de2786ae8ee363bf9e72ea1e20d4fcd031413f5187c"             \
    "01047c3314a3552c90ef54845aeaffb6959118ec44a545d7ba9dafabe988699956ed6154dc06e7f0"             \
    "3fa0018a2abc516b"
#define RSA_SHORT_PLAIN                                                                            \
    "00000000000000000000000000000000000000000000000000000000000000000000000000000000"             \
    "00000000000000000000000000000000000000000000000000000000000000000000000000000000"             \
    "00000000000000000000000000000000000000000000000000000000000000000000000000000000"             \
    "000000000000002e"
#define RSA_SHORT_CIPHER                                                                           \
    "6a2a34c05423b4ebe74de86eace434678c732a4fee656a209ac29e889cf352dae5680318d307e5aa"             \
    "2d1a367c953fa8df8eb16f1086c85a00a05532a966700fcf656b988f523350793dfc0a843fe5ed7e"             \
    "9914eb9e71944ee4b7aeac63180f5628d8e954f7471eed045c68a60d91f9a004ceba4d6f52b72e67"             \
    "7c94a1358820b0"
#define RSA_SIGNATURE_MD5                                                                          \
    "c1735f1f9d8462ebb6d02100220af7c146a857517c275ff1f87387b203f116b5728add9fa08f16d2"             \
    "c6d09c2dc870a81cd9bd2b857c5ece52f1457557d1bad451104b453d45135c766627d44b5f5d8855"             \
    "312664cbb962b707dcbd2025cee87d8482e202ac80d74dbe21ae1fda24f41037d0ad9662e87d1a17"             \
    "2b5c29010bb9fcc2"
#define RSA_SIGNATURE_SHA1                                                                         \
    "847f896b3666023d67f21ad78f0f85d2fc050f8d5fd617e7bb346cf57457144a70b1a18ba1e1316e"             \
    "0dc8b6c256708863b4365e2724ffd48767b21324f7a132bbc7eafd2ac91349de30438d0b1a8bfe75"             \
    "5e1c9855e00c0131407cc3211950e7c3096c616efa80d06d0e0d1ea8565d3b07ba06ed70b936d246"             \
    "0134416f0ccedae4"
#define RSA_SIGNATURE_RIPEMD160                                                                    \
    "9ae76a359a070984cfdb3c990127f57715258768373f64eefe40211cf31aee8a0ae40d9281c8cf79"             \
    "a03e7417c177433df8c4917219d94e5ba1b93612b6707a193e6ab016dbd68181912e269136edf1df"             \
    "548704f55bb3077dec007d2ae62933ee80a2cc08f52500ad9f333f2fa21ffdb05fdcd50b81beb72d"             \
    "d62ecaef08468679"
#define RSA_SIGNATURE_SHA224                                                                       \
    "40ee288254a66fa09dd6afe5dd326b6a16a1db5f1e5fc0e75941786fec4bc3e381fecfcfcaf48a12"             \
    "f21076deeeb129021b70599b91c6ae8b7b5faf38b5f4184550b3e9b6d1186b67561a584317cb3d28"             \
    "7e7a077a26a3184931ad74dac39f8211338fb0dd5c0376fb0879856f79ec84ea0c458b156b9e6676"             \
    "9fbf687f5fc15bb8"
#define RSA_SIGNATURE_SHA256                                                                       \
    "12c22499c10f2f3de4c7afea4a4ab1cd1550a1ea8ac4091209d0608260d9a00b8d44b3132376b43c"             \
    "67c165dc050a8dd9de74b4e5d5555c70a6d9a654cdf6dacb27e0f5774286d47e85ee6ade058b4ab0"             \
    "fec71de7c12656f189ba9d25ef26cffbb0be54d2d866b0f8eb7783e8c84b719a5a6ad075dd4a38da"             \
    "439a8e02b2033db6"
#define RSA_SIGNATURE_SHA384                                                                       \
    "2bf27993eec062f36a5561863c1991078cf985eabca81c7376db11a308bc4f53cb378fcdd4ff431d"             \
    "b0feba5a3c9670c96ce42b458e4c91d4af9b6efc05dba1bbb0f5bd423ebb45e5b7378d88849a1c26"             \
    "9dbbf8953ab943a6fafcdefff5698db049acf5ff1bdffe1e9fb4dc18dd5804289e2986fd7624f994"             \
    "6a61ac1df59be52c"
#define RSA_SIGNATURE_SHA512                                                                       \
    "8c6c9251946f99d696e224d11096b3a274fac3cb65d03fe35fea64c90d6af52ef429c00f5ffa65d9"             \
    "7e7f65913031d757c022deaa21332a04013be1f7b5f30a665ced987f68cf81d61cac0d5874fa27bf"             \
    "acb9abd70133462d15e072a2e9369a183e5553a6f08756ff487c7383005484c64141753e2c396ba4"             \
    "cbff1857144cd172"
#define RSA_SIGNATURE_SHA3_256                                                                     \
    "a711fd8dfb85d0e2dee8a9c06a09529676e816ef23950760cc7f346f51c4c5a726880a7aaa741ac3"             \
    "0041e7b4716d28828132a0cbde6e16d32af394e802f36e8fe3628a8ac432751ec26ec6fed9f854e9"             \
    "5cf9735d94a67e3c13b2add7d107c92322ce9c0078adb4783433032e2e16f4c09d9804987b1a068f"             \
    "f603c7f1dff5bdb4"
#define RSA_SIGNATURE_SHA3_512                                                                     \
    "4c87098e6cf960954475d0977aec4019e4ec8b967f6810ef02ecdc5b8bbe67944a7adfbd0a1e55a0"             \
    "3e75f6b74d2dcdf78b046e5d4c11f27296720be5e90c008cf6e107011e756510b93b9d7400cb18f8"             \
    "3ebc7cb2b6bfe24943a7c8760bf4125b0affee50bf80adbcaa63f469cf963b7720a86b2ce1654699"             \
    "fe4b1f414eb73506"
#define RSA_SIGNATURE_LOOSE                                                                        \
    "795496f9e59e822cea2091abcff8eb1e784ee0b945c49b85e0233fe918074d6fc8a98d3d8c896768"             \
    "8c7eebe1cb52f3621fb8c7c61892c4dee78b0be84f91300dd1f1697c787c918fbaec84cd1f37628f"             \
    "2908a7ce882d853d06f2bdd9abb88292ab8ef53b92f49dcf0c8607c2cad925ca06056d99a08a1506"             \
    "52aa38e90ac1d715"
#define RSA_SHORT_TEXT "short 625"
#define RSA_SHORT_SIGNATURE                                                                        \
    "c8df47980c410162a5f11df0bf74a10e3c63bfa266300cd87678de186bb8435542ae8ef80ba8ae3f"             \
    "ac6af2980393bfdd0e9e8781ec4716e9c9c9157fa26682b83ceaa2470d8f1d9bb44aa82b42c30982"             \
    "b4a26e3be2052ad7d005d7107135f05e4d8501efdba3933ab34240290e70c29811ad1ad077f4e398"             \
    "def1f1699e7cd7"
#define RSA_E_LONG "01000000000000000d"
#define RSA_D_LONG                                                                                 \
    "a5d5bc154ad002cf7a9aae04aee9ab0dfa4b7b3fec1b18bc9d5407a2fe6cd4f4f83f9cd729922649"             \
    "f1210ed49c7879f8832b590162a9ecdb1133b4a3160ec0c80b71b5c3610c1618c0b4256165d8f23e"             \
    "ae770b1879550a72948d09b2474593b427f16991c824af556e7df16d27a24cd4929144c56fb7db00"             \
    "f4bacbbec80d2205"
#define DSA160_P                                                                                   \
    "9d584f75dd7b971f75e76cb49c920f576f08ef206d3196703104d7cea651bba4702830acd3ec93e6"             \
    "e11996a5f25c773363fc128be3418ace440e96db4b101b63fb740f4533ac72330f4e641d9bb22da1"             \
    "eaf39b24b97dd56774e973b813c1222bc31ab6d4790776a0bfdcd1ec41cfa2222c4e721d2e80d400"             \
    "9c1ffe5ff3526ed7"
#define DSA160_Q "e98e23bbd0d0e2c79725a7c9a7d55a10515d8bcb"
#define DSA160_G                                                                                   \
    "8ec8f871ad080d4e5f79844b492f9737daf837376b8303cf175f36b010c1327fabd5fe89ba76ef1a"             \
    "2f485151f7d1c779e8422389fd738498b0aed61596f23d6ded9c01afb5214e0b014c1528808095d5"             \
    "dedb51697dabd307616fc6f7e6a37ec62d76719f707a3d34f044ea4034e3598b95afe0805dd891fc"             \
    "816e950438f3527e"
#define DSA160_Y                                                                                   \
    "2a8849776685fd37ec0d080ec5e8a86ac917e0ad72456abb3a6e0dac104478a4816337cd44f6db39"             \
    "98c2e95634479cd9d0ccd97833c1b815718a49d9e195136b639e755735b22ad6d0315c4cb506842c"             \
    "7a81e24fff9f7f7e5c579754063bf572151202ab0e632e55c8d19d4d8b456318d87e3d99d05d4e9e"             \
    "96bf1431dc5ab24c"
#define DSA160_X "d5d97dc35dcc3bf33ce6947b739150c929e69160"
#define DSA160_R_SHA1 "af5a3bf20e61bb3933b1b4f3d08eb249405f50fe"
#define DSA160_S_SHA1 "d827c4e4edc73668d4b25321ac28126290153445"
#define DSA160_R_SHA512 "9117187fa8b257d248fd94a2b8328499c03cfb98"
#define DSA160_S_SHA512 "b6ef57bb1b1fa37f0079f62c7e0985e4d24efa96"
#define DSA256_P                                                                                   \
    "a576e4d3f21a92178097ec9d80214c10011351495152febab33f12cc5fcb740f35a4d780ba2ead8e"             \
    "ae3117f33418a84549625f69cafc9542f3bebd2dd733fdbe0f947cff221082c3bb9fe071e2d34c7f"             \
    "7691a735e8cfb8cb3d94642f146702eda12da065ac3c9670c463ecaf272b266c63c9ec52729757ef"             \
    "030d8c468bc153e45a5571e67ca4f1b3c4a5b14333ccbbdf9827e3f5e01710e7c02ea43aeb2fc8ed"             \
    "cc3c9762b8ee223b753d7e3b34e7e1676819b191ff68deb199953fc31500a8715e4ef5a587750e34"             \
    "8ac05be104ebef2c119a4e7a624e949b8369247a90139661b973c7637f39df324cd02471a894905c"             \
    "ce98a24a9c022ee7b7ecacfdb17ec517"
#define DSA256_Q "92dc28ef91c300ae01ddcc37b8a257e75554b3c8bb0e30d49d5043b516eef58b"
#define DSA256_G                                                                                   \
    "969a46eea16dcb0c1cb246c4e04fcdc16a466d3c9fe924e84c7433a6244d19dcf7aa449b8833a362"             \
    "9506203762d7fa10c3265539a497d49a281c7fbb7233a8aec1203af88a4b1f619fb2d20dc7ab0f8e"             \
    "0cf6a2ecdfad4d0a9cc4a81277be39b31287eda7c734e4d0f1613224edae6b8a44443e082506a7d9"             \
    "eb1c1236b60cf672bb8fc9445e8d21f400953dff19886b5d3ab008a06591a80635db74a91b403873"             \
    "b2ccc5981fb021e9f52b8c3344d5e8a3cc9c4cfb528d379503967d265ff286ec1be482ea4dcd0902"             \
    "2adf6549032129d1fad5ca2cdf77101398deea2e26a45cf554f0a38e0ae79b3f4084efbdc608e369"             \
    "bf6ee3890d740330051a9d29593783a9"
#define DSA256_Y                                                                                   \
    "0995bd935b29dd4b2ffbd65228a3e509265276f5cd638531ef90c86361097f4a54ebf569f10133a0"             \
    "d97e28a1edae2ecc1d455fa2442774b1c5a216a1d95082f2228e3068ebc84d43659082bd8df99605"             \
    "bb7b68c23325d5309cab5b99d487a74ff2909741488901f5b48e20b3680a85cbb5629d6e104c3f98"             \
    "d6815be5110b48753a0b83d1584c7507b72d4742f49937dadd4203a5c97ff66b6e265079834c471d"             \
    "a597ddaf884c206840a199967fdc0d037441ff1cd59b99c2f919fc8595bd6a6a03b8c447ecbd6d8c"             \
    "81a01cce34f0b6a557668fce22f50d558c9d3cf5e19a9f5134a93c595b5b38e8fcdd15f420d22d95"             \
    "facb2341cf3c7e725bdfae3197f8ab31"
#define DSA256_X "10936b03a364d874ee2a31f2292c149bbe6c5194acb79c21b4cc2cb74cd741ea"
#define DSA256_R_SHA1 "4bafca5430dea8635caa3fbf6ea3ae8dfb624266cdde64a6b3c50b611c7f1390"
#define DSA256_S_SHA1 "3b62d3bc1d7c0949ce6627779cebadced90ddfd62e6e6890dad61ff82ff33b8c"
#define DSA256_R_SHA512 "3b27209a827de4b2ce9023f5455c0fe00650fc035b9ea7d1c515e6b0312c1e2f"
#define DSA256_S_SHA512 "07e1d68e51117e90cb503c846e91491f0e87d3426697c918a2c2c47fdbb91ce2"
#define ELGAMAL_P                                                                                  \
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22"             \
    "514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6"             \
    "f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381"             \
    "ffffffffffffffff"
#define ELGAMAL_G "05"
#define ELGAMAL_Y                                                                                  \
    "e7f37bec12696be19fdd9675d258d2c6eeb0812d0339a154a479113edbc534d070bae22fa005b1c1"             \
    "93a42d5685faa92d5d01bf165eb9f13eb134e610b4e3683db4458983b4b1f40bf941a69aa9e31f17"             \
    "bfa9b2be6e716a14aeeb5b5ff42936a66fca8db7dac256e043dcb2e1aa5d56393cdf7ec8c39c1010"             \
    "e2739397f1c0f13c"
#define ELGAMAL_X "059ab1fee08f571242425051c1ccd17f9acae01f5057ca02135e92b1d3f28ede0d7ac3baea9e"
#define ELGAMAL_PLAIN                                                                              \
    "0002775b2c9d1e7f1038c54a22be406665ebe080152b73678d48e324d26fde8d48b56bfd5cafe362"             \
    "f63c27162e273ca93c047dd5972f444902266c895f9d9152f421b1dc84f49fa8aebe0e75e7dfc8f4"             \
    "e0afcd90656667651b7ca36700000102030405060708090a0b0c0d0e0f101112131415161718191a"             \
    "1b1c1d1e1f202122"
#define ELGAMAL_A                                                                                  \
    "6c3ed9e47b769b6a602e14b7c8616a074833c0bde6e5d3757938985fb2499a2e381a8b1ec645db46"             \
    "661f1c42dc2a42a39b0270aae3a0df8493284224f210355e6702a25a9cacd3aed27ecabde7bb9be1"             \
    "21d0ab9c1565f55a7d4e2e3bf301a647bce27e43353eb4eb262a87f035b25cb9a55a161996e33432"             \
    "01d15baee7abbc2e"
#define ELGAMAL_B                                                                                  \
    "6b4e699b3e2d842fb6d1cd021e76aaea8da2fa3bcc2cffe45a5f9ce1b695cfab9b16f47510d279f3"             \
    "3e77f68d0d560cbfbe4b2a2955dc958af96377848be0d3ea638f341262c7106bdb055ba232ac232b"             \
    "c596d246d3ff1e12a8c2f8e49fcaef0df8e91a3e837161d60127a1491ecaa2075ee90032f1718efb"             \
    "f2e9c8d0eea9626b"
static const struct curve_vector {
    enum public_key_curve curve;
    const char *point, *scalar, *their_point, *shared, *hash_r, *hash_s;
} curve_vectors[] = {
    {CURVE_P256,
     "041ec6588e15d08a881fdf3a065bcbdc423fb084f214a1dda0b40d8bed036331b2b837c06b69b36e"
     "ab199acf0b542f637e8aba07e6c4d6dc9283a01f33403d8567",
     "1c24298cb3a570ccec313571810afc132d0d113db17d30cbc97d0fef7929",
     "0442851a6619490c6a48d0d1985efff208704cffc43149e0c9448cff440d4cfcde715260e1847f23"
     "d47e2ad0486e043b3aa2afce23cdee9cdbc7a9e60f96c9ebc1",
     "0061a9552b7b4f20e06729ab8deaba95a42d0f71be0caabd3347e3792718c1fa",
     "7a9650349e7f805d539f37ddc87f357c9cc02a139141a0de702232cc91a769a9",
     "a70d090a3b594493f30571752b9876018e6a40b15a805270358aff7da7df9208"},
    {CURVE_P384,
     "0400d1ed2a06938e693cf9ca12c03a08a4c41e82d29b3254a65777436ea948ba30c4a8582a94698e"
     "872ecbaa7f75de050d3a61ee1bc0c943a81766b8c0c1bc3fcbb30e6b2f359fa7a2c2fdd34107837e"
     "1485d12ca23ddfe4aab2fdde0c5f8dc49d",
     "1d871f7296ab7961fd925d39d0a89a2ef80f58ee8571f4998d7c4093f6dea268aa872607679d6050"
     "914a9d33a01d",
     "04c291b59265fb6c9727ac77bba5a5e6cc838715b63f09c3bf61036076719c53800549f7ac4736cc"
     "6f07f6779767c1d10a797dd04f72be1dd2582442c527e67bdc2a22f8ebd6b115c7b13de9c47015fd"
     "6ac1a95af8fe10f8296b386ba73adb704b",
     "005bd74e7c34b7b6fc054df81b6db551821d9de1dbbf6d96b1372bd166cbbf9ea209bd90f4bd6db9"
     "14074a131c95eb5e",
     "f5863667d2efaede82e97f890e1ccb284ad280187c4cdf1b20de0296adca4f4a6f668d0f11a6b8dd"
     "cb70c4b5ce081a0a",
     "997fa0d8bc99c0c2c77ede969abc46c0e74c6a281aca3ab78ee8b89ff439943602e111ba169c7aca"
     "db399e07aa489516"},
    {CURVE_P521,
     "0401e28d0db44e209284468c649e37f4fb452fead168f741383cc3d8468ec2166d39defc22dde83b"
     "fd339cab6782b0d41835390767903964da8b3ec608ee5c74ae99ca00eb4736c34c8c8ac5603ef3ae"
     "c05da991cf8dd9088dfce33633e5fe65e850038f8e414a1e6637de3229b77fcde6d93283b0c2fef3"
     "b644b10ce2acf763c302faf6ea",
     "01b0de81b239f3c7174c77a2dd02de92a49636a2fa7f0eab4c4f9b0687322e25c215a82a06ec41ad"
     "ea0575438b0d590bb0a844e52587be6b5c9bcf35873be079",
     "0401998c7308d0f0070b8b8d99d6cdd098cbfd8cbdbd143cf60e878facdfda803d2d5653dcd03112"
     "c588866f6d2ffc3f9ab7be8e5b22b6ea9a0ed32eec4f10ace37c2d017e1a8bc9542f33c2a4c72187"
     "27e685aebc4d295c9c50b8ce4527c5bac79ce3be91828af51f83ab4b6aed5528be23ae93f9c14133"
     "b269a854ca9f289c5ffe3b3477",
     "00b94ae58ce95f55f46b27eb392b16eaaf7498d52523e07d2af64d4af27daf38f236c243ae2ed168"
     "0015c8c4c101e507f0a315f5f9c229e09121f3b3c9ded0e954bd",
     "c4024f7d201a4aa846a1f84282f6f6f30c39ad51bcf61f60f8004b4bfc4c5ea515ebf3ba9c44576f"
     "c3f2dda50dd57892221ebe6bc5346f1e29d687a283bbb2a05b",
     "4b6c65b5acba8fd017ef68128a2b4cfb3739f0cb1653d8fd45a7b3f0451be56f3e37acb9d72526a0"
     "202abf362c7203149d41d7a9e0b83f1ac797a563dfdeb391eb"},
    {CURVE_BRAINPOOL_P256,
     "040bbdf6e81e301f98ff51977b52ea9279a4f91c36b330ce3d31c040b3c6caf4914deb1658d9b1c7"
     "91d48d48ba2aa05735923d797334d928ca109b3bcd1d2778a6",
     "31924259405278e4b98d4787f93bca44eb860726e25cfd56a926076b3e37",
     "0445f2a524100949d5675b6899faca0cc524ef6588404ce084aa69298fdcd62450a446e796512e26"
     "7a2227224fe5eac2915b01237eff6369c70890744409a18f4a",
     "00b8a2a266a973c6ce85e1b155d5037999788ba565059093df4317ca093be2a9",
     "2310f8d1f986e042e1b4f68f74efff5362f589c446cc268a163999441f1aa4a3",
     "7004d8885e9c55eaf5dea04afbbb2965f93bd7b225a62942c83f857b5fa99225"},
    {CURVE_BRAINPOOL_P384,
     "04493302309097a2cbebcd2ae1ad52d8b018b45be193dc2cd37b62d3741ccd5d9fcec7cdf8ad25c5"
     "f781f70ba08c3c6ab433a186d4dd2071826345f5e02379ebfb4f65f8973670a10bdc9e5ad8423cb8"
     "134ee7c57376518e238915728716efad52",
     "3306c0093492b6246771c845007063771407e8e727891eb20109a91c2439d5ab8b4d15b40aeba4a4"
     "5effccb573da",
     "047b53273eb20f121796aef5fb7aecc2298c52e40598610083808a49d570169844bca2e5a48fc099"
     "f85cccad8571165791730fad0a2e4fb1732d363ebcd89e0cc6a3e6888a5a8ea970b3462bc28ef81a"
     "8a696c6c4cc92c9092f9061095328aa6a0",
     "00ed65ad1b90e5c88d4987f4e31ea26d2b5f63e36ca9fe7d7649af4fb5bfe8cc81474a76865ed8b6"
     "c9fe78f0f59a7783",
     "0b74c9032d7f732bf22cd5b1c3376ab31e3bc3f0250891f457246d8b4da9b4ceef3428140b450fa4"
     "b614cff389697f9a",
     "89d0ca6a8dd28c4b4476195ddf82d045d845f2919488969b966a7affca746923d8071074a18b63fc"
     "8998609525480ed3"},
    {CURVE_BRAINPOOL_P512,
     "044e494d100a4a8354f7d93acd9ca833cb77f9b9250e9aef31f2b082a7b022ca3fd35981f458e936"
     "466665d7705431bd7e46b0641b9a24481a231765919c1f78863edb2cd935e402eafd15f837a6232d"
     "9cffa7f60add74deaac871e5b5c85aa4a13ceb0284a685446049670690521be968e273d30c3010a2"
     "35b5c0434b601afe43",
     "1905c5b2e75a0acd8be146e4099030f970583f9d52f90e8bec948f6f915fe21b37ca1b29fc99c6c8"
     "0e2bc8c614b27b8444d18e31704187ddaeb784b28055",
     "041a8e627341bd0c90e6459e9e96164c838afd505197e4ba3236d1c090a33d01cd7624b919d58642"
     "f391168fff7d9693a594aca63c86237633ad162b7413d8fa2f6488046c060b37b0e1ae060928bf03"
     "81186cf5d71bfe10bfa3e73360df5e1bdf97e46669382f95b82464f3c88e1770f8e52ab66c287c98"
     "8555e81f74bbb4fa9f",
     "00d09b03ff2b5f5b75fb14a401e374aed29774366266e1e749956ab9856742786c1f1062b602d988"
     "70ab40b3e470da49b46a8068ca3d21ba1adc9919455a09a8",
     "8dc7830646fbae423b7d1cce90a2485ce06cd6dd538335abcd10b3d1ff1987074959006f158e4e8d"
     "6482cdee6f851866829c46869bbe80218f7d9a2a289ed681",
     "9e62b1451ec58adddae7374bddfde58adb92998d2dd389e1e9f571c6560ec60aa696b870e454f1d5"
     "0b579e5305fe773324144259b677cd536b84c9a146205691"},
};
#define ED448_SEED                                                                                 \
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627"             \
    "28292a2b2c2d2e2f303132333435363738"
#define ED448_POINT                                                                                \
    "18d0a70e42a742dfb561279893385061d7b4dad8f6feed4791eaab66b2f4a4f02fc09462a8bfb184"             \
    "2d0bac60e8a1b3e55ba2407f33226f3800"
#define ED448_SIGNATURE                                                                            \
    "5cb444766168a3079de404c32a8acdc41c37a80594569533fcde9153e76f1f75c64991dae2d29df1"             \
    "4ec0c1c9645dc9b980956718afb212c60053b25902c64b30bb57cc98736fe7a1c00cefceedb62c5a"             \
    "ebb238333d7c2d3d6203beef809a84ce4afa324216c3e0d31c8f22fbd9ca2c8e2e00"
#define ED25519_SHORT_SEED "030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
#define ED25519_SHORT_POINT "edc22a9e2c9937730a1d021c6cce016fbdeb9304fe08e208a6d5f3d769b5c69f"

#endif
